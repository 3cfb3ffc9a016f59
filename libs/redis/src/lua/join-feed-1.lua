#!lua
--[[
  Makes the consumer group of a feed, and the feed, where they are missing. The group begins with the oldest entry.

  KEYS  1 feed
  ARGV  1 consumer group
  Output 1 made, 0 it was there
]]
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if not made.err then return 1 end
if string.find(made.err, 'BUSYGROUP', 1, true) == 1 then return 0 end
return made
