-- Keeps what is known of each source: newest event, when it was last heard, in how many minutes in a row (5 once reached), its counts,
-- its types.
local heard = string.format('%d', now)
for _ = 1, takeNumber() do
  local source, newest = take(), take()
  local accepted, late, duplicates, rejected, types = take(), take(), take(), take(), take()
  if newest ~= '0' then
    local before = redis.call('HGET', KEYS[5], source .. '|newest')
    if not before or tonumber(before) < tonumber(newest) then redis.call('HSET', KEYS[5], source .. '|newest', newest) end
    local heardBefore = redis.call('HGET', KEYS[5], source .. '|heard')
    local minutes = tonumber(redis.call('HGET', KEYS[5], source .. '|minutes') or '0')
    if minutes < 5 then
      local apart = heardBefore and math.floor(now / 60000) - math.floor(tonumber(heardBefore) / 60000)
      local inARow = apart == 1 and minutes + 1 or apart == 0 and math.max(minutes, 1) or 1
      if inARow ~= minutes then redis.call('HSET', KEYS[5], source .. '|minutes', inARow) end
    end
    redis.call('HSET', KEYS[5], source .. '|heard', heard)
  end
  redis.call('HINCRBY', KEYS[5], source .. '|accepted', accepted)
  if late ~= '0' then redis.call('HINCRBY', KEYS[5], source .. '|late', late) end
  if duplicates ~= '0' then redis.call('HINCRBY', KEYS[5], source .. '|duplicates', duplicates) end
  if rejected ~= '0' then redis.call('HINCRBY', KEYS[5], source .. '|rejected', rejected) end
  if types ~= '' then -- other nodes hear other types of it
    local all = redis.call('HGET', KEYS[5], source .. '|types') or ''
    for one in string.gmatch(types, '[^,]+') do
      if not string.find(',' .. all .. ',', ',' .. one .. ',', 1, true) then all = all == '' and one or all .. ',' .. one end
    end
    redis.call('HSET', KEYS[5], source .. '|types', all)
  end
end
