-- End a claim on a message, and remember how its receiver does. Refused when the claim is no longer the newest one.
-- KEYS[1..5] deliver: items, next, tails, claims, tries; KEYS[6] done; KEYS[7] queue; KEYS[8] age; KEYS[9] states; KEYS[10] dead
-- letters; KEYS[11] dead letters by time; KEYS[12..14] timeline
-- ARGV[1] field; ARGV[2] version; ARGV[3] receiver; ARGV[4] `delivered`, `retry`, `dead` or `back` (untried); ARGV[5] ms until it is
-- due again; ARGV[6] error as JSON; ARGV[7] `gone` when the receiver wants no more; ARGV[8] failed tries in a row that are
-- failing; ARGV[9] dead letters in a row that disable; ARGV[10] dead letter as JSON; ARGV[11] most that are kept;
-- ARGV[12..14] timeline entries: failing, disabled, back; ARGV[15] new timeline epoch
-- Returns { 1 settled or 0 stale claim: nothing changed, new state of the receiver or empty }
-- @include redis-time
-- @include delivery-queue
-- @include append-timeline
local field, receiver, outcome = ARGV[1], ARGV[3], ARGV[4]
if redis.call('HGET', KEYS[4], field) ~= ARGV[2] then return { 0, '' } end
local nowMs = redisNowMs()
local function of(name) return receiver .. '|' .. name end
local function become(state, entry)
  redis.call('HSET', KEYS[9], of('state'), state, of('since'), string.format('%.0f', nowMs))
  appendTimeline(12, entry, ARGV[15])
  return { 1, state }
end
if outcome == 'retry' or outcome == 'back' then
  redis.call('HDEL', KEYS[4], field)
  redis.call('ZADD', KEYS[7], nowMs + tonumber(ARGV[5]), field)
  if outcome == 'back' then
    redis.call('HINCRBY', KEYS[5], field, -1)
    return { 1, '' }
  end
else
  local order = string.match(redis.call('HGET', KEYS[1], field) or '', '^[^\n]*\n([^\n]*)\n') or ''
  endDelivery(1, KEYS[7], KEYS[8], KEYS[6], field, order, nowMs)
end
local state = redis.call('HGET', KEYS[9], of('state')) or 'ok'
if outcome == 'delivered' then
  redis.call('HSET', KEYS[9], of('row'), 0, of('lost'), 0, of('deliveredAt'), string.format('%.0f', nowMs))
  redis.call('HINCRBY', KEYS[9], of('delivered'), 1)
  if state == 'failing' then return become('ok', ARGV[14]) end
  return { 1, '' }
end
redis.call('HSET', KEYS[9], of('error'), ARGV[6])
redis.call('HINCRBY', KEYS[9], of('failed'), 1)
local row = redis.call('HINCRBY', KEYS[9], of('row'), 1)
local lost = 0
if outcome == 'dead' then
  lost = redis.call('HINCRBY', KEYS[9], of('lost'), 1)
  redis.call('HSET', KEYS[10], field, ARGV[10])
  redis.call('ZADD', KEYS[11], nowMs, field)
  local over = redis.call('ZCARD', KEYS[11]) - tonumber(ARGV[11])
  for _, old in ipairs(over > 0 and redis.call('ZRANGE', KEYS[11], 0, over - 1) or {}) do
    redis.call('HDEL', KEYS[10], old)
    redis.call('ZREM', KEYS[11], old)
    redis.call('HINCRBY', KEYS[9], '|dropped', 1)
  end
end
-- a message that was tried for its whole time in vain, and nothing else got through either
local expired = outcome == 'dead' and state == 'failing' and cjson.decode(ARGV[6]).reason == 'expired'
local over = ARGV[7] == 'gone' or lost >= tonumber(ARGV[9]) or expired
if state ~= 'disabled' and over then return become('disabled', ARGV[13]) end
if state == 'ok' and row >= tonumber(ARGV[8]) then return become('failing', ARGV[12]) end
return { 1, '' }
