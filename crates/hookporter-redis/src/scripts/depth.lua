-- How much waits: waiting or being worked, dead, parked, when the event came in that has been due for the longest time or -1,
-- and the present.
local now, oldest = present(), nil
local function look(n)
  local received = n and told(n)[RECEIVED]
  if received and (not oldest or received < oldest) then oldest = received end
end
look(redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, 1)[1])
local groups = redis.pcall('XINFO', 'GROUPS', EVENTS)
local last = '0-0'
if type(groups) == 'table' and not groups.err then
  for _, group in ipairs(groups) do
    local of, delivered
    for i = 1, #group, 2 do
      if group[i] == 'name' then of = group[i + 1] end
      if group[i] == 'last-delivered-id' then delivered = group[i + 1] end
    end
    if of == GROUP then last = delivered end
  end
end
local next = redis.call('XRANGE', EVENTS, '(' .. last, '+', 'COUNT', 1)[1]
look(next and next[2][2])
local waiting = redis.call('XLEN', EVENTS) + tonumber(redis.call('GET', BEHIND) or 0)
return { waiting, redis.call('XLEN', DEAD), redis.call('XLEN', PARKED), oldest or -1, now }
