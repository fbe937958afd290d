-- Writes what money-rows has folded: lines with their hashes, balances, holds. Needs KEYS[1] head, KEYS[2] ledger; redis-time.
-- A line is built as text in the order of contract/budget.ts LedgerLine; meta is the JSON of actor … day, without braces.
local function pair(values) return '{"a":"' .. text(values[1]) .. '","b":"' .. text(values[2]) .. '"}' end
local function writeLines(entries, idPrefix, nowText)
  local head = redis.call('HMGET', KEYS[1], 'seq', 'hash')
  local seq, hash = tonumber(head[1] or '0'), head[2] or ''
  for _, entry in ipairs(entries) do
    seq = seq + 1
    local line = '{"seq":' .. text(seq) .. ',"id":"' .. idPrefix .. '-' .. text(seq) .. '","ts":' .. nowText
      .. ',"kind":"' .. entry.kind .. '","debit":"' .. entry.debit .. '","credit":"' .. entry.credit
      .. '","amountMinor":"' .. entry.amount .. '"' .. (entry.hold and ',"pendingId":"' .. entry.hold .. '"' or '')
      .. ',' .. entry.meta .. ',"before":' .. pair(entry.before) .. ',"after":' .. pair(entry.after)
      .. ',"prevHash":"' .. hash .. '"'
    hash = redis.sha1hex(hash .. line .. '}')
    redis.call('XADD', KEYS[2], text(seq) .. '-0', 'line', line .. ',"hash":"' .. hash .. '"}')
  end
  redis.call('HSET', KEYS[1], 'seq', text(seq), 'hash', hash)
  for _, one in ipairs(touched) do
    local changed = {}
    for i = 1, 6 do
      if one.at[i] ~= one.was[i] then
        changed[#changed + 1] = one.id .. '|' .. FIELDS[i]
        changed[#changed + 1] = text(one.at[i])
      end
    end
    if #changed > 0 then redis.call('HSET', KEYS[3], unpack(changed)) end
  end
  for _, id in ipairs(ended) do
    local held = holds[id]
    redis.call('HSET', KEYS[4], id, held.state .. ' ' .. text(held.amount) .. ' ' .. held.debit .. ' ' .. held.credit)
  end
end
