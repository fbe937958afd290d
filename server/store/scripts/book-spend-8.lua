-- Book what an ad platform reports: cumulative − already booked of one channel and day. Facts are never refused: what goes beyond
-- the channel's own money is booked to its cover account; a lower report books the difference back: first what nobody has paid, then
-- what the reserve has, then the channel's own; money that comes free later covers what is open. Nothing to book: nothing is written.
-- KEYS[1] head; KEYS[2] ledger; KEYS[3] accounts; KEYS[4] holds; KEYS[5] booked; KEYS[6..8] timeline
-- ARGV[1] channel; ARGV[2] day; ARGV[3] cumulative spend in minor units, empty to cover only; ARGV[4] prefix of the lines' ids;
-- ARGV[5] meta of the lines; ARGV[6] entry when an overspend begins; ARGV[7] entry when it is covered; ARGV[8] new timeline epoch
-- Returns { booked now, overspend before, overspend after } as text; or { 'frozen' }
-- @include redis-time
-- @include append-timeline
-- @include money-rows
-- @include money-write
if redis.call('HGET', KEYS[1], 'frozenReason') then return { 'frozen' } end
local own, paid, cover = 'chan:' .. ARGV[1], 'spend:' .. ARGV[1], 'cover:' .. ARGV[1]
local field = ARGV[1] .. '|' .. ARGV[2]
local before = tonumber(redis.call('HGET', KEYS[5], field) or '0')
local delta = ARGV[3] == '' and 0 or tonumber(ARGV[3]) - before
local entries = {}
local function book(kind, debit, credit, amount)
  if amount <= 0 then return end
  local entry = { kind = kind, debit = debit, credit = credit, amount = text(amount), meta = ARGV[5] }
  local code = fold(entry)
  if code then error('spend ' .. code) end
  entries[#entries + 1] = entry
end
local function open() return math.max(0, -available(row(cover))) end
local openBefore = open()
local function balance(one) return one.at[2] - one.at[1] end
-- what the reserve has paid: all that was spent, less what the channel paid itself and what nobody has
local lent = math.max(0, balance(row(paid)) - (row(own).at[5] - balance(row(own))) - openBefore)
if delta > 0 then
  local have = math.min(delta, math.max(0, available(row(own))))
  book('spend', own, paid, have)
  book('spend', cover, paid, delta - have)
elseif delta < 0 then
  local back = math.min(-delta, openBefore)
  local returned = math.min(-delta - back, lent)
  book('spend', paid, cover, back + returned)
  book('cover', cover, 'reserve:hq', returned)
  book('spend', paid, own, -delta - back - returned)
end
book('cover', own, cover, math.min(open(), math.max(0, available(row(own)))))
if #entries > 0 then
  writeLines(entries, ARGV[4], text(redisNowMs()))
  redis.call('HINCRBY', KEYS[1], 'revision', 1)
  if delta ~= 0 then redis.call('HSET', KEYS[5], field, text(before + delta)) end
  if openBefore == 0 and open() > 0 then appendTimeline(6, ARGV[6], ARGV[8]) end
  if openBefore > 0 and open() == 0 then appendTimeline(6, ARGV[7], ARGV[8]) end
end
-- @checks
return { text(delta), text(openBefore), text(open()) }
