-- Change money: fold entries, judge guards on the outcome, then write lines, balances, moves, freezes, commands, due work,
-- timeline and the kept reply together; or answer the first refusal and write nothing.
-- KEYS[1] head; KEYS[2] ledger; KEYS[3] accounts; KEYS[4] holds; KEYS[5] rails; KEYS[6] frozen; KEYS[7] freezes; KEYS[8] moves;
-- KEYS[9] move versions; KEYS[10] moves by time; KEYS[11] commands; KEYS[12] open commands; KEYS[13..15] timeline; KEYS[16] due:items;
-- KEYS[17] due:claims; KEYS[18..21] due queues expire, escalate, outbox, review; KEYS[22] idempotency; KEYS[23] past allocations;
-- KEYS[24] and on: rolling sums
-- ARGV[1] plan as JSON of strings (budget/store/plan.ts); ARGV[2] print of the command, empty for none; ARGV[3] ms its reply is
-- kept; ARGV[4] new timeline epoch; ARGV[5] `dry`: judge all guards and write nothing
-- Returns { 'done' | 'replay' | 'mismatch', reply }, { 'conflict' }, { 'refused', code, guard number, limit, asked, until, more } or
-- { 'dry', JSON of rows and guards }
-- @include redis-time
-- @include due-work
-- @include append-timeline
-- @include idempotency
-- @include money-rows
-- @include money-write
-- @include money-guards
-- @include money-plan
local dry = ARGV[5] == 'dry'
if ARGV[2] ~= '' and not dry then
  local before = findReply(KEYS[22], ARGV[2])
  if before then return before end
end
local plan = cjson.decode(ARGV[1])
for _, move in ipairs(plan.moves) do
  if (redis.call('HGET', KEYS[9], move.id) or '') ~= move.expect then return { 'conflict' } end
end
if plan.empty and redis.call('HEXISTS', KEYS[1], 'seq') == 1 then return { 'conflict' } end
if not dry and redis.call('HGET', KEYS[1], 'frozenReason') then return refused('ledger_frozen', 0) end
for i, entry in ipairs(plan.entries) do
  local code = fold(entry)
  if code then return refused(code, -i) end
end
if dry then return judgeAll(plan) end
for i, guard in ipairs(plan.guards) do
  local met, limit, asked, untilMs, more = guards[guard[1]](guard)
  if not met then return refused(guard[2], i, limit, asked, untilMs, guard[3], more) end
end
local short = overdrawn()
if short then return refused('insufficient_available', 0, availableBefore(short), nil, nil, short.id) end
writePlan(plan)
-- @checks
-- @checks-plan
if ARGV[2] == '' then return { 'done', plan.reply } end
return keepReply(KEYS[22], ARGV[2], ARGV[3], plan.reply)
