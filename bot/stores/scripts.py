"""The Lua scripts: what has to be read or written in one step. Times are arguments; the server's clock is never asked.

A script that fails half way is not undone by Redis. So APPLY looks at everything first and writes only when nothing can
fail any more: key types and counters are checked, journal ids rise, and the numbers were made by our own code.
"""

from bot.stores.pipeline import Script

LOAD = Script("""
-- What one turn needs to know, by one reading.
-- KEYS: seen, versions, people, addresses, at.  ARGV: event, address, incident, whether the place is asked for, then the
-- beginnings of current:, incident:, refs:, answering:, shift:, improving:
local seen = ARGV[1] ~= '' and redis.call('EXISTS', KEYS[1]) or 0
local person, current, shift = false, false, false
local id = ARGV[2] ~= '' and redis.call('HGET', KEYS[4], ARGV[2])
if id then
  person = redis.call('HGET', KEYS[3], id)
  current = redis.call('GET', ARGV[5] .. id)
  shift = redis.call('GET', ARGV[9] .. id)
end
local at = ARGV[4] ~= '' and redis.call('GET', KEYS[5])
local incident = ARGV[3] ~= '' and ARGV[3] or at or current
if not incident and id then incident = redis.call('GET', ARGV[8] .. id) or redis.call('GET', ARGV[10] .. id) end
local body, refs = false, {}
if incident then
  body = redis.call('HGET', ARGV[6] .. incident, 'body')
  refs = redis.call('HGETALL', ARGV[7] .. incident)
end
return {seen, redis.call('HGETALL', KEYS[2]), person, current, body, refs, at, shift}
""")

OPEN_INCIDENTS = Script("""
-- Ids and bodies of all incidents that aren't closed, oldest first.  KEYS: open.  ARGV: the beginning of incident:
local found = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local body = redis.call('HGET', ARGV[1] .. id, 'body')
  if body then found[#found + 1] = {id, body} end
end
return found
""")

APPLY = Script("""
-- Compare, then apply a list of commands: all of them or none.
-- KEYS: seen, compared, then every key that the commands touch.
-- ARGV: lifetime of seen or '', field and value to compare or '', then for each command: words, verb, key, ...
-- Answers 0 applied, 1 seen before, 2 somebody else was first.
local function value_of(key, field) return redis.call('HGET', key, field) or '0' end
if ARGV[1] ~= '' and redis.call('EXISTS', KEYS[1]) == 1 then return 1 end
if ARGV[2] ~= '' and value_of(KEYS[2], ARGV[2]) ~= ARGV[3] then return 2 end

-- 1. Nothing below may fail: every key has the type that its command wants, every counter holds a number.
local wants = {EXPECT = 'string', SET = 'string', PUBLISH = false, PEXPIRE = false, DEL = false, FORGET = 'string',
  HSET = 'hash', HDEL = 'hash', HINCRBY = 'hash', ZADD = 'zset', ZREM = 'zset', XADD = 'stream'}
local at = 4
while at <= #ARGV do
  local words, verb, key = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
  local want, is = wants[verb], redis.call('TYPE', key).ok
  if want == nil then return redis.error_reply('ERR unknown verb ' .. verb) end
  if want and is ~= 'none' and is ~= want then
    return redis.error_reply('WRONGTYPE ' .. key .. ' is a ' .. is .. ', not a ' .. want)
  end
  if verb == 'HINCRBY' and not tonumber(value_of(key, ARGV[at + 3])) then
    return redis.error_reply('ERR ' .. key .. ' ' .. ARGV[at + 3] .. ' is not a number')
  end
  if verb == 'EXPECT' and (redis.call('GET', key) or '') ~= ARGV[at + 3] then return 2 end
  at = at + words + 1
end

-- 2. Write. EXPECT was looked at above. FORGET deletes a key only while it still holds the value that is meant.
at = 4
while at <= #ARGV do
  local words, verb, key = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
  if verb == 'FORGET' then
    if redis.call('GET', key) == ARGV[at + 3] then redis.call('DEL', key) end
  elseif verb ~= 'EXPECT' then
    redis.call(unpack(ARGV, at + 1, at + words))
  end
  at = at + words + 1
end
if ARGV[1] ~= '' then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
return 0
""")

CLAIM = Script("""
-- Takes due rows until the lease ends: pages first, then timers, then all other deliveries.
-- KEYS: due:urgent, due:timers, due:calm, deliveries, timers.  ARGV: now, lease until (microseconds), at most so many.
-- A delivery's row begins with the number of times that sending was begun; the answer tells it as it was before.
local function due(key, limit)
  return limit > 0 and redis.call('ZRANGEBYSCORE', key, '-inf', ARGV[1], 'LIMIT', 0, limit) or {}
end
local function take(key, id, row)
  if row then redis.call('ZADD', key, ARGV[2], id) else redis.call('ZREM', key, id) end
end
local deliveries, timers, limit = {}, {}, tonumber(ARGV[3])
for _, key in ipairs({KEYS[1], KEYS[3]}) do
  for _, id in ipairs(due(key, limit - #deliveries)) do
    local row = redis.call('HGET', KEYS[4], id)
    take(key, id, row)
    local begun, body = string.match(row or '', '^(%d+) (.*)$')
    if row then
      if begun then redis.call('HSET', KEYS[4], id, (begun + 1) .. ' ' .. body) end
      deliveries[#deliveries + 1] = {id, row}
    end
  end
end
for _, id in ipairs(due(KEYS[2], limit)) do
  local row = redis.call('HGET', KEYS[5], id)
  take(KEYS[2], id, row)
  if row then timers[#timers + 1] = id; timers[#timers + 1] = row end
end
local next_due = {}
for i = 1, 3 do next_due[i] = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')[2] or '' end
return {deliveries, timers, next_due}
""")

SENT = Script("""
-- Confirms a delivery. The message stands in its slot now, even if the delivery was withdrawn while it went out.
-- KEYS: deliveries, due:urgent or due:calm, refs.  ARGV: id, slot and address, ref or '', lifetime of refs
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
  redis.call('PEXPIRE', KEYS[3], ARGV[4])
end
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
""")

POSTPONE = Script("""
-- Due again later, as it is now, unless it was withdrawn or somebody else has begun to send it since.
-- KEYS: deliveries, due:urgent or due:calm.  ARGV: id, times that sending was begun, due (microseconds), body,
-- and how many of these times don't count
local row = redis.call('HGET', KEYS[1], ARGV[1])
local begun = row and tonumber(string.match(row, '^%d+'))
if not row or begun > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], (begun - ARGV[5]) .. ' ' .. ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return 1
""")

SET_ASIDE = Script("""
-- Moves a delivery to the dead letters, and lets those go that are too old. Nothing happens if it was withdrawn.
-- KEYS: deliveries, due:urgent or due:calm, dead.  ARGV: id, now, oldest kept (microseconds), letter, lifetime of dead
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
return 1
""")

FIRED = Script("""
-- Confirms a timer, unless it was set anew while it fired: then its row says something else.
-- KEYS: timers, due:timers.  ARGV: row's name, row
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
""")

PUBLISH = Script("""
-- The next revision of a flow, live at once.
-- KEYS: texts, notes, versions.  ARGV: flow, text, note
local revision = redis.call('HLEN', KEYS[1]) + 1
redis.call('HSET', KEYS[1], revision, ARGV[2])
redis.call('HSET', KEYS[2], revision, ARGV[3])
redis.call('HSET', KEYS[3], 'live:' .. ARGV[1], revision)
return revision
""")

PUT_POLICY = Script("""
-- KEYS: policy, versions.  ARGV: text
redis.call('SET', KEYS[1], ARGV[1])
return redis.call('HINCRBY', KEYS[2], 'policy', 1)
""")

BEAT = Script("""
-- A process tells that it lives and what it pushed, and hears how LINE's month stands.
-- KEYS: workers, quota.  ARGV: worker's name or '', now, oldest kept (microseconds), lifetime of workers, pushed,
-- spent until or '', lifetime of quota
if ARGV[1] ~= '' then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
if ARGV[5] ~= '0' then redis.call('HINCRBY', KEYS[2], 'used', ARGV[5]) end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[2], 'spent_until', ARGV[6], 'spent_limit', redis.call('HGET', KEYS[2], 'limit') or '')
end
if ARGV[5] ~= '0' or ARGV[6] ~= '' then redis.call('PEXPIRE', KEYS[2], ARGV[7]) end
return redis.call('HGETALL', KEYS[2])
""")

HOLD = Script("""
-- One process at a time, until it stops asking for as long as the lifetime.
-- KEYS: watch.  ARGV: name, lifetime
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")

SURVEY = Script("""
-- What the auditor looks at, by one reading.
-- KEYS: open, timers, due:timers, deliveries, due:urgent, due:calm, workers, dead, quota, told
-- ARGV: claimed rows are due before this (microseconds), the beginning of incident:, at most so many rows of a kind,
-- dead letters since (microseconds), then the names of an alert's timers
-- Of each open alert: is there a timer with the stamp that it waits for?
local open, alerts, unarmed = redis.call('ZRANGE', KEYS[1], 0, -1), 0, {}
for _, id in ipairs(open) do
  local waits = redis.call('HGET', ARGV[2] .. id, 'waits')
  if waits and waits ~= '' then
    alerts = alerts + 1
    local names, is_armed = {}, false
    for i = 5, #ARGV do names[#names + 1] = id .. ':' .. ARGV[i] end
    for _, row in ipairs(redis.call('HMGET', KEYS[2], unpack(names))) do
      is_armed = is_armed or (row and string.match(row, ' (%d+)$') == waits)
    end
    if not is_armed then unarmed[#unarmed + 1] = id end
  end
end
local timers = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local row = redis.call('HGET', KEYS[2], name)
  if row then timers[#timers + 1] = name; timers[#timers + 1] = row end
end
local rows, depth = {}, {}
for i = 5, 6 do
  depth[#depth + 1] = redis.call('ZCARD', KEYS[i])
  for _, id in ipairs(redis.call('ZRANGE', KEYS[i], 0, ARGV[3] - 1)) do
    rows[#rows + 1] = redis.call('HGET', KEYS[4], id) or nil
  end
end
return {#open, alerts, unarmed, timers, rows, depth, redis.call('ZRANGE', KEYS[7], 0, -1, 'WITHSCORES'),
  redis.call('ZREVRANGEBYSCORE', KEYS[8], '+inf', ARGV[4], 'LIMIT', 0, ARGV[3]),
  redis.call('HGETALL', KEYS[9]), redis.call('HGETALL', KEYS[10])}
""")

REARM = Script("""
-- Sets a timer for an open alert that has lost its own, unless the alert has gone on meanwhile.
-- KEYS: incident, timers, due:timers.  ARGV: stamp, row's name, row, due (microseconds)
if redis.call('HGET', KEYS[1], 'waits') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[2])
return 1
""")
