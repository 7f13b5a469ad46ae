import { afterAll, beforeAll, describe } from 'vitest';
import { brokerContract } from '../contract/broker.contract.ts';
import { embeddedStore, redisStore } from '../support/brokers.ts';
import {
  startRedis,
  startRedisCluster,
  type TestRedis,
  type TestRedisCluster,
} from '../support/redis.ts';

brokerContract('embedded', embeddedStore);

describe('one Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  brokerContract('Redis', () => redisStore(() => server.url));
});

describe('three masters', () => {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());
  brokerContract('Redis cluster', () => redisStore(() => cluster.url));
});
