-- Takes the records of one request over: all of them or none. ARGV: 4 how many; then of each: marker or '', lane or '', 1 if
-- parked or '', endpoint, tenant, id, type, when it was received, contents. Answers, for each: 0 a duplicate, 1 new, 2 requeued.
local answers, base = {}, present() * 1000

-- Numbers ascend, and begin with the time: after a failover that has lost some, or in a restored backup, none is given again.
local function next_number()
  local number = string.format('%d', math.max(tonumber(redis.call('GET', P .. 'number') or 0) + 1, base))
  redis.call('SET', P .. 'number', number)
  return number
end

for i = 1, tonumber(ARGV[4]) do
  local at = 5 + (i - 1) * 9
  local mark, lane, parked = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local number = mark ~= '' and redis.call('GET', marker(mark))
  local answer, known = 1, nil
  if number then
    known = redis.call('HMGET', state(number), 's', 'p', 'a', 'd')
    answer = 0
    -- A sender that never stops must not have the same event worked for ever.
    if known[1] == 'd' and tonumber(known[2]) < math.max(100, 10 * tonumber(known[3])) then
      redis.call('XDEL', DEAD, known[4])
      answer = 2
    end
  else
    number = next_number()
  end
  if answer == 0 then
    -- A duplicate is acknowledged, too: with a write of its own it is answered after a sync, which covers what a server that was
    -- killed had written and not synced.
    redis.call('INCR', P .. 'duplicates')
  else
    redis.call('SET', contents(number), ARGV[at + 8])
    -- The epoch goes on where it was.
    local epoch = known and known[2] or 0
    local fields = { 'k', mark, 'l', lane, 'a', 0, 'p', epoch, 'd', '', 'n', ARGV[at + 3], 't', ARGV[at + 4], 'i',
      ARGV[at + 5], 'y', ARGV[at + 6], 'r', ARGV[at + 7] }
    if parked ~= '' then
      redis.call('HSET', state(number), unpack(fields))
      set_aside(number, 'p', 0, '')
    else
      enqueue(number, lane, fields)
    end
    if mark ~= '' then redis.call('SET', marker(mark), number) end
  end
  answers[i] = answer
end
return answers
