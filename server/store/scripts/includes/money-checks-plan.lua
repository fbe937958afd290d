-- Test builds only: I3–I8 and I12 of the change that was just written, judged on the balances as they are kept now.
rows, touched, recent = {}, {}, {}
local STILL = { available = true, covered = true, reserve = true, releasable = true, frozen = true, within = true }
for _, guard in ipairs(plan.guards) do
  if STILL[guard[1]] then check((guards[guard[1]](guard)), 'I2–I7 ' .. guard[1] .. ' ' .. (guard[3] or '')) end
  if guard[1] == 'sum' then
    local again = { unpack(guard) }
    again[5] = '0'
    check((guards.sum(again)), 'I6 sum')
  end
end
for id, one in pairs(kept) do
  if string.sub(id, 1, 5) == 'chan:' then
    local floor, cap = tonumber(rail(id, 'floor') or '0'), tonumber(rail(id, 'cap') or '')
    check(one.allocated - one.debitsPending >= floor, 'I3 floor ' .. id)
    check(not cap or one.allocated + one.creditsPending <= cap, 'I3 cap ' .. id)
  end
end
-- I5 at each level: all of it for the reserve, its own money for an envelope that is not the channels'; an emergency names whom it draws on
for _, entry in ipairs(plan.empty and plan.entries or {}) do
  if entry.debit == 'funding' then
    local funded = entry.credit == 'reserve:hq' and kept.funding.debitsPosted or tonumber(entry.amount)
    redis.call('HSET', KEYS[1], 'testKeeps|' .. entry.credit, text(math.ceil(0.1 * funded)))
  else redis.call('HDEL', KEYS[1], 'testKeeps|' .. entry.debit) end
end
for _, entry in ipairs(plan.emergency and plan.entries or {}) do redis.call('HDEL', KEYS[1], 'testKeeps|' .. entry.debit) end
for id, one in pairs(kept) do
  local least = tonumber(redis.call('HGET', KEYS[1], 'testKeeps|' .. id) or '')
  -- what it had to pay for overspend is a fact and no draw: it leaves the balance, not the allocation
  check(not least or one.allocated - one.debitsPending >= least, 'I5 ' .. id)
end
local FINAL = { settled = true, partial = true, compensated = true, voided = true, failed = true }
local ENDED = { settled = true, partially_settled = true, compensated = true, failed = true, rejected = true, cancelled = true, expired = true, stale = true }
for _, written in ipairs(plan.moves) do
  check(written.expect == '' or tonumber(written.version) > tonumber(written.expect), 'I9 version')
  local move = cjson.decode(written.json)
  local seen = { [move.requestedBy.id] = true }
  for _, approval in ipairs(move.approvals) do
    check(not seen[approval.by.id], 'I8 ' .. move.id)
    seen[approval.by.id] = true
  end
  for _, leg in ipairs(move.legs) do
    local told = {}
    for _, receipt in ipairs(leg.receipts) do
      check(not told[receipt.commandId], 'I12 twice ' .. receipt.commandId)
      told[receipt.commandId] = true
    end
    if ENDED[move.state] then check(FINAL[leg.state], 'I12 leg ' .. move.id .. ' ' .. leg.state) end
    if move.state == 'settled' then check(leg.state == 'settled' and leg.postedMinor == leg.amountMinor, 'I12 settled ' .. move.id) end
    local held = redis.call('HGET', KEYS[4], leg.holdId)
    if ENDED[move.state] and not move.forced then check(held and not string.find(held, '^pending'), 'I12 hold ' .. leg.holdId) end
  end
end
