#!lua flags=allow-oom
--[[
  Takes handled entries off a feed.

  KEYS  1 feed
  ARGV  1 consumer group   then entry ids
  Output number of entries taken off
]]
local ids = {unpack(ARGV, 2)}
redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
return redis.call('XDEL', KEYS[1], unpack(ids))
