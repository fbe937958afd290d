-- The ledger's accounts in memory, inside one atomic step: entries are folded onto rows first, judged, and only then written.
-- Needs KEYS[3] accounts, KEYS[4] holds. Amounts are integers ≤ 9e15, exact as doubles; they are printed with '%.0f' alone.
-- The same fold in TypeScript is budget/domain/fold.ts; a property test compares both after every thousand operations.
local function text(amount) return string.format('%.0f', amount) end
local FIELDS = { 'debitsPosted', 'creditsPosted', 'debitsPending', 'creditsPending', 'allocated', 'version' }
local rows, touched, holds, ended = {}, {}, {}, {}
local function row(id)
  local known = rows[id]
  if known then return known end
  local names = {}
  for i = 1, 6 do names[i] = id .. '|' .. FIELDS[i] end
  local kept = redis.call('HMGET', KEYS[3], unpack(names))
  known = { id = id, at = {}, was = {} }
  for i = 1, 6 do
    known.at[i] = tonumber(kept[i] or '0')
    known.was[i] = known.at[i]
  end
  rows[id], touched[#touched + 1] = known, known
  return known
end
local function available(one) return one.at[2] - one.at[1] - one.at[3] end
local function availableBefore(one) return one.was[2] - one.was[1] - one.was[3] end
-- A hold is kept as `state amount debit credit`; state is pending, posted, voided or expired.
local function hold(id)
  if holds[id] then return holds[id] end
  local state, amount, debit, credit = string.match(redis.call('HGET', KEYS[4], id) or '', '^(%S+) (%S+) (%S+) (%S+)$')
  if not state then return nil end
  holds[id] = { state = state, amount = tonumber(amount), debit = debit, credit = credit }
  return holds[id]
end
local ALLOCATES = { fund = true, post = true, undo = true, fix = true }
local NOTES = { adopt = true, reassert = true } -- a decision in the chain: no balance changes
local ENDS = { post = 'posted', void = 'voided', expire = 'expired' }
local WRONG = { posted = 'already_posted', voided = 'already_voided', expired = 'pending_expired' }
-- Folds one entry { kind, debit, credit, amount, hold?, meta }; leaves before and after on it. Returns a refusal's code, or nil.
local function fold(entry)
  local held = nil
  if ENDS[entry.kind] then
    held = hold(entry.hold)
    if not held then return 'pending_not_found' end
    if held.state ~= 'pending' then return WRONG[held.state] end
    entry.debit, entry.credit = held.debit, held.credit
    if not entry.amount then entry.amount = text(held.amount) end
    if tonumber(entry.amount) > held.amount then return 'exceeds_pending' end
  end
  local debit, credit, amount = row(entry.debit), row(entry.credit), tonumber(entry.amount)
  if not (amount > 0 and amount <= 9e15) then return 'amount_not_positive' end
  entry.before = { available(debit), available(credit) }
  entry.after = entry.before
  if NOTES[entry.kind] then return nil end
  if entry.kind == 'reserve' then
    if hold(entry.hold) then return 'already_posted' end
    holds[entry.hold] = { state = 'pending', amount = amount, debit = entry.debit, credit = entry.credit }
    ended[#ended + 1] = entry.hold
    debit.at[3], credit.at[4] = debit.at[3] + amount, credit.at[4] + amount
  else
    if held then
      held.state = ENDS[entry.kind]
      ended[#ended + 1] = entry.hold
      debit.at[3], credit.at[4] = debit.at[3] - held.amount, credit.at[4] - held.amount
    end
    if not held or entry.kind == 'post' then
      debit.at[1], credit.at[2] = debit.at[1] + amount, credit.at[2] + amount
      if ALLOCATES[entry.kind] then
        debit.at[5], credit.at[5] = debit.at[5] - amount, credit.at[5] + amount
        debit.at[6], credit.at[6] = debit.at[6] + 1, credit.at[6] + 1
      end
    end
  end
  entry.after = { available(debit), available(credit) }
  return nil
end
-- I2: no intent overdraws. Only the source of all money and the accounts of what was spent beyond a budget may be below 0.
local function overdrawn()
  for _, one in ipairs(touched) do
    if available(one) < 0 and one.id ~= 'funding' and string.sub(one.id, 1, 6) ~= 'cover:' then return one end
  end
  return nil
end
