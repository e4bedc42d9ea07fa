-- What every script begins with. KEYS[1] is the stream; the other keys have the same hash tag, so they are in its slot.
-- ARGV: 1 the prefix of all keys, 2 the present by a test's clock or '', 3 how many milliseconds later is meant.
local P = ARGV[1]
local EVENTS, DUE, BEHIND, DEAD, PARKED = P .. 'events', P .. 'due', P .. 'behind', P .. 'dead', P .. 'parked'
local GROUP = 'workers'

-- An event's contents are the string c:N, its state is the hash e:N. States: w waits in the stream, b waits behind others of
-- its lane or for its backoff, l lent, d dead letter, p parked, f finished. One that waits in the stream and was never lent has no
-- state: marker and lane are in its entry.
local function state(n) return P .. 'e:' .. n end
local function contents(n) return P .. 'c:' .. n end
local function marker(k) return P .. 'm:' .. k end
local function lane_list(l) return P .. 'lane:' .. l end

local function present()
  local now = tonumber(ARGV[2])
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return now + tonumber(ARGV[3])
end

local function tell()
  redis.pcall('PUBLISH', P .. 'changed', '')
end

-- Puts an event at the end of the stream, with these fields of its state: whoever comes next may have it.
local function append(n, fields)
  local at = redis.call('XADD', EVENTS, '*', 'n', n)
  redis.call('HSET', state(n), 's', 'w', 'q', at, unpack(fields))
end

-- Takes its place in its lane; whether others are before it.
local function is_behind(n, lane)
  return lane ~= '' and redis.call('RPUSH', lane_list(lane), n) > 1
end

-- Waits until those others are done.
local function stay_behind(n, fields)
  redis.call('HSET', state(n), 's', 'b', 'q', '', unpack(fields))
  redis.call('INCR', BEHIND)
end

-- Takes an event out of what is worked, and has the next of its lane come; whether one came.
local function leave(n, at, lane)
  redis.call('ZREM', DUE, n)
  if at and at ~= '' then
    redis.call('XACK', EVENTS, GROUP, at)
    redis.call('XDEL', EVENTS, at)
  end
  if lane and lane ~= '' then
    local list = lane_list(lane)
    local first = redis.call('LINDEX', list, 0)
    redis.call('LREM', list, 1, n)
    local next = redis.call('LINDEX', list, 0)
    if first == n and next then
      append(next, {})
      redis.call('DECR', BEHIND)
      tell()
      return true
    end
  end
  return false
end

-- What the record says of itself, by the tags of its fields: see the pipeline's `inbox/bytes.rs`. Without its payload and body,
-- which are written last.
local ENDPOINT, TENANT, ID, TYPE, RECEIVED, BODY, PAYLOAD = 2, 3, 6, 7, 16, 12, 13
local function told(n)
  local found, at = {}, 1
  for _ = 1, 50000 do
    local head = redis.call('GETRANGE', contents(n), at, at + 4)
    if #head < 5 then break end
    local tag, length = struct.unpack('>BI4', head)
    if tag == BODY or tag == PAYLOAD then break end
    if tag == ENDPOINT or tag == TENANT or tag == ID or tag == TYPE or tag == RECEIVED then
      -- A label has a byte in front that says how far it is to be trusted.
      local from = (tag == ID or tag == TYPE) and 1 or 0
      found[tag] = length > from and redis.call('GETRANGE', contents(n), at + 5 + from, at + 4 + length) or ''
    end
    at = at + 5 + length
  end
  local received = found[RECEIVED]
  found[RECEIVED] = received and #received == 8 and struct.unpack('>i8', received) or nil
  return found
end

-- Keeps an event where people find it: as a dead letter, or parked.
local function set_aside(n, letter, attempts, problem)
  local shown = told(n)
  local stream = letter == 'd' and DEAD or PARKED
  local received = shown[RECEIVED] and string.format('%d', shown[RECEIVED]) or ''
  local at = redis.call('XADD', stream, '*', 'n', n, 'endpoint', shown[ENDPOINT] or '', 'tenant', shown[TENANT] or '', 'id',
    shown[ID] or '', 'type', shown[TYPE] or '', 'received', received, 'attempts', attempts, 'error', problem)
  redis.call('HSET', state(n), 's', letter, 'd', at, 'q', '', 'x', problem)
end

-- What is finished goes by itself: the contents first, then what is known of it, and the marker last.
local function finish(n, mark, bodies, events)
  redis.call('HSET', state(n), 's', 'f', 'q', '', 'd', '')
  redis.call('PEXPIRE', contents(n), bodies)
  redis.call('PEXPIRE', state(n), bodies)
  if mark and mark ~= '' then redis.call('PEXPIRE', marker(mark), events) end
end
