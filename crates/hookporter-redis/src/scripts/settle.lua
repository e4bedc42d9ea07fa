-- What a worker says of its lease. ARGV: 4 what, 5 the number, 6 the epoch; then for done: how long contents and marker are kept;
-- else: the error. Answers 1 if it counted, 2 if that makes another
-- event due, 0 if the lease is over.
local what, n = ARGV[4], ARGV[5]
local known = redis.call('HMGET', state(n), 's', 'p', 'a', 'q', 'l', 'k')
if known[1] ~= 'l' or known[2] ~= ARGV[6] then return 0 end
local attempts = tonumber(known[3])

if what == 'renew' then
  redis.call('ZADD', DUE, present(), n)
elseif what == 'done' then
  local makes_way = leave(n, known[4], known[5])
  finish(n, known[6], ARGV[7], ARGV[8])
  if makes_way then return 2 end
elseif what == 'due' or what == 'held' or what == 'released' then
  if what ~= 'due' then attempts = math.max(attempts - 1, 0) end
  redis.call('HSET', state(n), 's', 'b', 'a', attempts)
  if what ~= 'released' then redis.call('HSET', state(n), 'x', ARGV[7]) end
  redis.call('ZADD', DUE, present(), n)
  tell()
elseif what == 'dead' then
  leave(n, known[4], known[5])
  set_aside(n, 'd', attempts, ARGV[7])
elseif what == 'parked' then
  leave(n, known[4], known[5])
  redis.call('HSET', state(n), 'a', 0)
  set_aside(n, 'p', attempts, ARGV[7])
else
  return redis.error_reply('ERR not a word of a worker')
end
return 1
