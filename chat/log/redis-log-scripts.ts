import { RedisScript } from './redis-script.ts';

/** Entries that stay whatever their age. */
const KEPT_ENTRIES = 1_250;
/** Entries stay so long whatever their number, up to `MOST_ENTRIES`. */
const KEPT_MS = 3_600_000;
/** Beyond any gap that is filled. */
export const MOST_ENTRIES = 20_000;
/** What waits for the database in one partition; beyond it the oldest is given up, and counted. */
const MOST_IN_OUTBOX = 500_000;
/** A channel in which nothing is said for so long begins a new log; the database has the old one. */
const IDLE_SECONDS = 30 * 86_400;
/** The log is cut once in so many entries. */
const CUT_EVERY = 64;

/**
 * Keys: head, log, outbox, seen. Arguments: epoch if there is none, channel, record, id, at, is it
 * archived, seconds it is known again, publish command, Pub/Sub channel.
 *
 * A head without its log, or the other way round, is what eviction or expiry left: both begin anew.
 */
export const publishScript = new RedisScript(`
local found = redis.call('GET', KEYS[4])
if found then
  local space = string.find(found, ' ', 1, true)
  return {tonumber(string.sub(found, 1, space - 1)), string.sub(found, space + 1), 0, 0}
end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch or (redis.call('EXISTS', KEYS[2]) == 0 and redis.call('HGET', KEYS[1], 'offset') ~= '0') then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)
end
local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
local place = string.format('%.0f', offset)
redis.call('XADD', KEYS[2], place .. '-0', 'e', epoch, 't', ARGV[5], 'i', ARGV[4], 'r', ARGV[3])
if ARGV[6] == '1' then
  redis.call('XADD', KEYS[3], '*', 'c', ARGV[2], 'e', epoch, 'o', place, 'r', ARGV[3])
end
redis.call('SET', KEYS[4], place .. ' ' .. ARGV[4], 'EX', ARGV[7])
local early, lost = 0, 0
if offset % ${CUT_EVERY} == 0 then
  redis.call('EXPIRE', KEYS[1], ${IDLE_SECONDS})
  redis.call('EXPIRE', KEYS[2], ${IDLE_SECONDS})
  local cut = 0
  if offset > ${KEPT_ENTRIES} then
    local oldest = redis.call('XRANGE', KEYS[2], '-', string.format('%.0f-0', offset - ${KEPT_ENTRIES}), 'COUNT', ${CUT_EVERY * 4})
    for _, entry in ipairs(oldest) do
      if tonumber(entry[2][4]) > tonumber(ARGV[5]) - ${KEPT_MS} then break end
      cut = tonumber(string.match(entry[1], '^%d+'))
    end
  end
  if cut > 0 then redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-0', cut + 1)) end
  if redis.call('XLEN', KEYS[2]) > ${MOST_ENTRIES} then
    early = redis.call('XTRIM', KEYS[2], 'MAXLEN', ${MOST_ENTRIES})
  end
  if redis.call('XLEN', KEYS[3]) > ${MOST_IN_OUTBOX} then
    lost = redis.call('XTRIM', KEYS[3], 'MAXLEN', ${MOST_IN_OUTBOX})
  end
elseif offset == 1 then
  redis.call('EXPIRE', KEYS[1], ${IDLE_SECONDS})
  redis.call('EXPIRE', KEYS[2], ${IDLE_SECONDS})
end
redis.call(ARGV[8], ARGV[9], epoch .. ' ' .. place .. ' ' .. ARGV[3])
return {offset, ARGV[4], early, lost}
`);

/**
 * Keys: head, log. Arguments: epoch if a new one is needed, epoch and offset of the position, id of
 * the entry there or nothing, longest gap, most entries of it, entries of a fresh start.
 *
 * Answers epoch, newest offset, whether it follows the position, and entries. Where the entry at
 * the position is another one than the asker knows, Redis lost the end of the log: a new epoch.
 */
export const readScript = new RedisScript(`
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch or (redis.call('EXISTS', KEYS[2]) == 0 and redis.call('HGET', KEYS[1], 'offset') ~= '0') then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)
  redis.call('EXPIRE', KEYS[1], ${IDLE_SECONDS})
end
local newest = tonumber(redis.call('HGET', KEYS[1], 'offset'))
local top = string.format('%.0f', newest)
if ARGV[2] == epoch then
  local known = tonumber(ARGV[3])
  if ARGV[4] ~= '' then
    local there = redis.call('XRANGE', KEYS[2], ARGV[3] .. '-0', ARGV[3] .. '-0')[1]
    if newest < known or (there and there[2][6] ~= ARGV[4]) then
      epoch = ARGV[1]
      redis.call('HSET', KEYS[1], 'epoch', epoch)
    end
  end
  if ARGV[2] == epoch and newest >= known and newest - known <= tonumber(ARGV[5]) then
    local entries = redis.call('XRANGE', KEYS[2], '(' .. ARGV[3] .. '-0', top .. '-0', 'COUNT', ARGV[6])
    local last = entries[#entries]
    local reached = last and tonumber(string.match(last[1], '^%d+')) or known
    if #entries == reached - known then return {epoch, newest, 1, entries} end
  end
end
return {epoch, newest, 0, redis.call('XREVRANGE', KEYS[2], top .. '-0', '-', 'COUNT', ARGV[7])}
`);
