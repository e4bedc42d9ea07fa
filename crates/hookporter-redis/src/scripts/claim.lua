-- Lends what is due. ARGV: 4 who asks, 5 how long a lease holds, 6 how many at most, 7 after how many attempts an event is a dead
-- letter. Answers: what is lent, what has become a dead letter, and in how many milliseconds the next is due or -1; of
-- each event: number, epoch, attempt, contents.
local now, consumer = present(), ARGV[4]
local till, most, limit = now + tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local lent, dead, looked = {}, {}, 0

-- Lends it, or not any more; with these fields of its state, where it has none.
local function take(n, known, fields)
  local attempts, epoch = tonumber(known[2]), tonumber(known[3]) + 1
  local kept = redis.call('GET', contents(n))
  if kept and attempts < limit then
    -- Written down before the work: an event that kills its process ends as a dead letter.
    redis.call('HSET', state(n), 's', 'l', 'a', attempts + 1, 'p', epoch, unpack(fields))
    redis.call('ZADD', DUE, till, n)
    lent[#lent + 1] = { tonumber(n), epoch, attempts + 1, kept }
    return
  end
  leave(n, known[4], known[5])
  redis.call('HSET', state(n), 'a', attempts, 'p', known[3], unpack(fields))
  set_aside(n, 'd', attempts, kept and 'the last attempt never ended: the process died, or the work hung'
    or 'its contents are gone')
  dead[#dead + 1] = { tonumber(n), epoch, attempts, kept or '' }
end

-- Those whose lease has run out, and those whose backoff is over.
for _, n in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, most)) do
  local known = redis.call('HMGET', state(n), 's', 'a', 'p', 'q', 'l')
  if known[1] == 'l' or known[1] == 'b' then
    -- So that XPENDING tells people who has it.
    if known[4] ~= '' then redis.call('XCLAIM', EVENTS, GROUP, consumer, 0, known[4], 'JUSTID') end
    take(n, known, {})
  else
    redis.call('ZREM', DUE, n)
  end
end

-- Those that nobody has had yet.
local more = true
while #lent < most and more and looked < 1000 do
  local read = { 'XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', most - #lent, 'STREAMS', EVENTS, '>' }
  local found = redis.pcall(unpack(read))
  if type(found) == 'table' and found.err then
    if not string.find(found.err, 'NOGROUP', 1, true) then return found end
    redis.call('XGROUP', 'CREATE', EVENTS, GROUP, '0', 'MKSTREAM')
    found = redis.call(unpack(read))
  end
  more = found and #found > 0
  for _, entry in ipairs(more and found[1][2] or {}) do
    looked = looked + 1
    local at, n = entry[1], entry[2] and entry[2][2]
    local known = n and redis.call('HMGET', state(n), 's', 'a', 'p', 'q', 'l')
    if known and known[1] == 'w' and known[4] == at then
      take(n, known, {})
    elseif known and not known[1] and tonumber(n) and entry[2][3] == 'm' and entry[2][5] == 'l' then
      -- Nobody has had it yet.
      local mark, lane = entry[2][4], entry[2][6]
      take(n, { 'w', 0, 0, at, lane }, { 'q', at, 'k', mark, 'l', lane })
    elseif not (known and known[4] == at) then
      -- Not one of ours, or of an event that went another way.
      redis.call('XACK', EVENTS, GROUP, at)
      redis.call('XDEL', EVENTS, at)
    end
  end
end

local wait = -1
if #lent >= most or looked >= 1000 then
  wait = 0
else
  local next = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
  if next[2] then wait = math.max(tonumber(next[2]) - now, 0) end
end
return { lent, dead, wait }
