-- Takes the records of requests over: of each request all of them, or none. ARGV: 4 how many records in all; then for each request
-- how many, and of each record: marker or '', lane or '', 1 if parked or '', contents. Answers, for each request: of each record
-- 0 a duplicate, 1 new, 2 requeued; or why nothing of it was taken.
local total, at = tonumber(ARGV[4]), 5

-- Numbers ascend, and begin with the time: after a failover that has lost some, or in a restored backup, none is given again. Put
-- aside for all before one is given. This is also what has a duplicate acknowledged behind a sync: one that covers what a server
-- that was killed had written and not synced.
local following = math.max(tonumber(redis.call('GET', P .. 'number') or 0) + 1, present() * 1000)
redis.call('SET', P .. 'number', string.format('%d', following + total - 1))

-- The marker whose event is not there yet.
local making = ''

local function accept(mark, lane, parked, kept)
  local number, epoch = string.format('%d', following), 0
  local copied = mark ~= '' and redis.call('SET', marker(mark), number, 'NX', 'GET')
  if copied then
    local known = redis.call('HMGET', state(copied), 's', 'p', 'a', 'd')
    -- A sender that never stops must not have the same event worked for ever.
    if known[1] ~= 'd' or tonumber(known[2]) >= math.max(100, 10 * tonumber(known[3])) then return 0 end
    redis.call('XDEL', DEAD, known[4])
    -- The epoch goes on where it was.
    number, epoch = copied, known[2]
  else
    making, following = mark, following + 1
  end
  redis.call('SET', contents(number), kept)
  local behind = parked == '' and is_behind(number, lane)
  if not (parked ~= '' or behind or copied) then
    -- Its state is made by the first who has it lent.
    redis.call('XADD', EVENTS, '*', 'n', number, 'm', mark, 'l', lane)
  else
    local fields = { 'k', mark, 'l', lane, 'a', 0, 'p', epoch, 'd', '' }
    if parked ~= '' then
      redis.call('HSET', state(number), unpack(fields))
      set_aside(number, 'p', 0, '')
    elseif behind then
      stay_behind(number, fields)
    else
      append(number, fields)
    end
  end
  making = ''
  return copied and 2 or 1
end

local function request(count)
  local answer = {}
  for i = 1, count do
    local of = at + (i - 1) * 4
    answer[i] = accept(ARGV[of], ARGV[of + 1], ARGV[of + 2], ARGV[of + 3])
  end
  return answer
end

local answers = {}
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  at = at + 1
  -- What goes wrong with one is no reason to refuse the others.
  local done, answer = pcall(request, count)
  if not done and making ~= '' then
    -- A marker without its event would have the next copy acknowledged.
    redis.call('DEL', marker(making))
    making = ''
  end
  answers[#answers + 1] = type(answer) == 'string' and redis.error_reply(answer) or answer
  at = at + count * 4
end
return answers
