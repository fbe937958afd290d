-- Claim messages that are due: each is re-scored to now + claim time, so that it comes back by itself when its claimer dies or
-- freezes. A page whose alert is no longer open ends here, in the same step that would have claimed it.
-- KEYS[1..5] deliver: items, next, tails, claims, tries; KEYS[6] done; KEYS[7] fence; KEYS[8] alert records; KEYS[9] states;
-- then for each receiver three: queue, age, sent in the last minute
-- ARGV[1] claim time in ms; then for each receiver 6: its id, most to claim, messages a minute or 0, from how many of them on
-- messages are folded into one, most that are folded, messages a second or 0
-- Returns { Redis time in ms, then for each message: receiver, field, version, tries, `send`, `fold` or `over`, JSON }
-- @include redis-time
-- @include delivery-queue
local nowMs = redisNowMs()
local claimed = { string.format('%.0f', nowMs) }
local function isOpen(alert)
  local record = redis.call('HGET', KEYS[8], alert)
  return record and cjson.decode(record).handling == 'open'
end
for index = 0, (#KEYS - 9) / 3 - 1 do
  local queueKey, ageKey, sentKey = KEYS[10 + index * 3], KEYS[11 + index * 3], KEYS[12 + index * 3]
  local receiver, most, limit, soft, foldMost, perSecond = unpack(ARGV, 2 + index * 6, 7 + index * 6)
  most, limit = tonumber(most), tonumber(limit)
  local mode, counted = 'send', false
  if redis.call('HGET', KEYS[9], receiver .. '|state') == 'disabled' then most = 0 end
  if limit > 0 and most > 0 then
    redis.call('ZREMRANGEBYSCORE', sentKey, '-inf', nowMs - 60000)
    local used = redis.call('ZCARD', sentKey)
    if used >= limit then most = 0
    elseif used >= tonumber(soft) then mode, most = 'fold', tonumber(foldMost)
    else most = math.min(most, tonumber(soft) - used) end
    if tonumber(perSecond) > 0 and most > 0 then
      local room = tonumber(perSecond) - redis.call('ZCOUNT', sentKey, nowMs - 999, '+inf')
      most = mode == 'fold' and room > 0 and most or math.min(most, math.max(0, room))
    end
  end
  local due = {}
  if most > 0 then due = redis.call('ZRANGEBYSCORE', queueKey, '-inf', nowMs, 'LIMIT', 0, most) end
  for _, field in ipairs(due) do
    local alert, order, json = string.match(redis.call('HGET', KEYS[1], field) or '', '^([^\n]*)\n([^\n]*)\n(.*)$')
    local version, tries, as = '0', 0, mode
    if not json then redis.call('ZREM', queueKey, field)
    elseif alert ~= '' and not isOpen(alert) then
      endDelivery(1, queueKey, ageKey, KEYS[6], field, order, nowMs)
      as = 'over'
    else
      version = string.format('%.0f', redis.call('INCR', KEYS[7]))
      tries = redis.call('HINCRBY', KEYS[5], field, 1)
      redis.call('HSET', KEYS[4], field, version)
      redis.call('ZADD', queueKey, nowMs + tonumber(ARGV[1]), field)
      if limit > 0 and not counted then
        redis.call('ZADD', sentKey, nowMs, version)
        redis.call('PEXPIRE', sentKey, 61000)
        counted = mode == 'fold'
      end
    end
    if json then for _, value in ipairs({ receiver, field, version, tostring(tries), as, json }) do claimed[#claimed + 1] = value end end
  end
end
return claimed
