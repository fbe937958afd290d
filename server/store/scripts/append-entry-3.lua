-- Append one entry to the timeline when nothing else changes with it (a note, a node that started, a refused login).
-- KEYS[1..3] timeline: seq, epoch, stream
-- ARGV[1] entry body; ARGV[2] new epoch
-- Returns the entry's seq as text
-- @include append-timeline
return appendTimeline(1, ARGV[1], ARGV[2])
