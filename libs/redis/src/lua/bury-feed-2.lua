#!lua flags=allow-oom
--[[
  Moves an entry that no handler can take from a feed to the dead letters.

  KEYS  1 feed  2 dead letters
  ARGV  1 consumer group  2 entry id  3 service id  4 id of the event reached  5 reason
  Output 1 moved, 0 it was already gone
]]
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
if redis.call('XDEL', KEYS[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 's', ARGV[3], 'e', ARGV[4], 'reason', ARGV[5])
return 1
