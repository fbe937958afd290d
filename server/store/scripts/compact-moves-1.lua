-- Forget single stock moves and counts that no later question needs; what left is kept by the minute, so that sums since
-- the opening stay whole. Another node may have done it: what is gone already adds nothing.
-- KEYS[1] register of one SKU and warehouse
-- ARGV fields to forget: `m:<ms>` moves, `c:<ms>` counts
-- Returns fields forgotten in this call
local forgotten = 0
for i = 1, #ARGV do
  local field = ARGV[i]
  local units = redis.call('HGET', KEYS[1], field)
  if units then
    redis.call('HDEL', KEYS[1], field)
    forgotten = forgotten + 1
    local ms = tonumber(string.match(field, '^m:(%d+)$'))
    if ms and tonumber(units) < 0 then
      local minute = string.format('s:%d', math.floor(ms / 60000) * 60000)
      redis.call('HINCRBY', KEYS[1], minute, string.format('%d', -tonumber(units)))
    end
  end
end
return forgotten
