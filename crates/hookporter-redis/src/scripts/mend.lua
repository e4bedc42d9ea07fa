-- What people do with dead letters and parked events. ARGV: 4 requeue or drop, 5 the number, then how long contents and marker of
-- what is dropped are kept. Answers 1 if it was one.
local n = ARGV[5]
local known = redis.call('HMGET', state(n), 's', 'd', 'l', 'k')
if known[1] ~= 'd' and known[1] ~= 'p' then return 0 end
redis.call('XDEL', known[1] == 'd' and DEAD or PARKED, known[2])
if ARGV[4] == 'requeue' then
  local fields = { 'a', 0, 'd', '' }
  if is_behind(n, known[3]) then stay_behind(n, fields) else append(n, fields) end
  tell()
else
  finish(n, known[4], ARGV[6], ARGV[7])
end
return 1
