-- Test builds only (budget/proof): I1, I2, I9, I10 on what is in the store now, after every step, read anew. A broken one is an error.
local function check(holds, what) if not holds then error('invariant ' .. what) end end
local kept, totals = {}, { debitsPosted = 0, creditsPosted = 0, debitsPending = 0, creditsPending = 0, allocated = 0, version = 0 }
local all = redis.call('HGETALL', KEYS[3])
for i = 1, #all, 2 do
  local id, field = string.match(all[i], '^(.*)|(.*)$')
  kept[id] = kept[id] or { debitsPosted = 0, creditsPosted = 0, debitsPending = 0, creditsPending = 0 }
  kept[id][field] = tonumber(all[i + 1])
  totals[field] = totals[field] + kept[id][field]
end
check(totals.debitsPosted == totals.creditsPosted, 'I1 posted')
check(totals.debitsPending == totals.creditsPending, 'I1 pending')
check(totals.allocated == 0, 'I1 allocated')
local funded = kept.funding.debitsPosted - kept.funding.creditsPosted
local lies = 0
for id, one in pairs(kept) do
  local free = one.creditsPosted - one.debitsPosted - one.debitsPending
  if id ~= 'funding' then lies = lies + one.creditsPosted - one.debitsPosted end
  check(one.debitsPending >= 0 and one.creditsPending >= 0, 'I1 pending of ' .. id)
  if id ~= 'funding' and string.sub(id, 1, 6) ~= 'cover:' then check(free >= 0, 'I2 ' .. id) end
  if string.sub(id, 1, 6) == 'cover:' then check(free <= 0, 'I1 cover ' .. id) end
end
check(funded == lies, 'I1 funded')
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 4)
local headNow = redis.call('HMGET', KEYS[1], 'seq', 'hash')
check(redis.call('XLEN', KEYS[2]) == tonumber(headNow[1]), 'I9 length')
for i, found in ipairs(newest) do
  check(found[1] == string.format('%.0f', tonumber(headNow[1]) - i + 1) .. '-0', 'I9 seq')
  local line, hash = string.match(found[2][2], '^(.*),"hash":"(%x+)"}$')
  local prev = string.match(line, '"prevHash":"(%x*)"$')
  check(redis.sha1hex(prev .. line .. '}') == hash, 'I10 hash')
  if i == 1 then check(hash == headNow[2], 'I10 head') end
  if i > 1 then check(string.match(newest[i - 1][2][2], '"prevHash":"(%x*)","hash"') == hash, 'I10 chain') end
end
