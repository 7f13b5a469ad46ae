import express, { type Request } from 'express';
import { AppError } from '../../platform/errors.ts';
import { filtersChangeSchema, termSchema } from '../../platform/protocol/chat/api.ts';
import { recordAction } from '../commands/moderating.ts';
import { type Filters, MOST_TERM_LENGTH, readTerm } from '../rules/filters.ts';
import type { Answer, Route } from './api.ts';
import type { ReadParts } from './read.ts';
import { demandVisit, limitWrites, readBody, type Visit } from './visit.ts';

const BODY_LIMIT = '4kb';
/** Each message is held against all of them. */
const MOST_TERMS = 500;

export function createFilterRoutes(): Route[] {
  const json = express.json({ limit: BODY_LIMIT });
  const terms = '/api/v1/channels/:channel/chat/terms';
  return [
    ['/api/v1/channels/:channel/chat/filters', { get: getFilters, put: putFilters }, json],
    [terms, { get: getTerms, post: postTerm }, json],
    [`${terms}/:term`, { delete: deleteTerm }],
  ];
}

async function change(parts: ReadParts, req: Request): Promise<Visit> {
  const visit = await demandVisit(parts, req, 'set_rules');
  await limitWrites(parts, visit.person.id);
  return visit;
}

const getFilters: Answer = async (parts, req) => {
  const { channel } = await demandVisit(parts, req, 'set_rules');
  return (await parts.house.settings.fresh(channel.id)).filters;
};

const putFilters: Answer = async (parts, req) => {
  const visit = await change(parts, req);
  const wanted = readBody(filtersChangeSchema, req);
  const { before, after } = await parts.house.settings.change(visit.channel.id, ({ filters }) => ({
    filters: {
      links: wanted.links ?? filters.links,
      caps: wanted.caps ?? filters.caps,
      repetition: wanted.repetition ?? filters.repetition,
    },
  }));
  const names = (Object.keys(after.filters) as (keyof Filters)[]).filter(
    (name) => before.filters[name] !== after.filters[name],
  );
  const pick = (filters: Filters): Partial<Filters> =>
    Object.fromEntries(names.map((name) => [name, filters[name]]));
  if (names.length > 0) {
    await recordAction(parts.house, visit, {
      ...{ target: null, reason: undefined },
      detail: { action: 'filters', before: pick(before.filters), after: pick(after.filters) },
    });
  }
  return after.filters;
};

const termsOf = async ({ house }: ReadParts, { channel }: Pick<Visit, 'channel'>) => ({
  terms: (await house.settings.fresh(channel.id)).terms,
});

const getTerms: Answer = async (parts, req) =>
  termsOf(parts, await demandVisit(parts, req, 'set_rules'));

const postTerm: Answer = async (parts, req) => {
  const visit = await change(parts, req);
  const term = readTerm(readBody(termSchema, req).term);
  if (term === null) {
    throw new AppError({
      code: 'term_invalid',
      message: `A term has 2 to ${MOST_TERM_LENGTH} letters; one without any would hold everything.`,
      status: 400,
    });
  }
  const { house, clock } = parts;
  const { channel, person } = visit;
  const { terms } = await house.settings.fresh(channel.id);
  if (terms.length >= MOST_TERMS && !terms.includes(term)) {
    throw new AppError({
      code: 'too_many_terms',
      message: `A channel has at most ${MOST_TERMS} blocked terms. Remove one, or use \`*\`.`,
      status: 409,
    });
  }
  const added = await house.settings.addTerm(channel.id, {
    ...{ term, by: person.id, at: clock.now() },
  });
  if (added) await recordTerm(parts, visit, { action: 'term_add', term });
  return termsOf(parts, visit);
};

const deleteTerm: Answer = async (parts, req) => {
  const visit = await change(parts, req);
  const term = String(req.params['term']).normalize('NFC').toLowerCase();
  const removed = await parts.house.settings.removeTerm(visit.channel.id, term);
  if (removed) await recordTerm(parts, visit, { action: 'term_remove', term });
  return termsOf(parts, visit);
};

const recordTerm = (
  { house }: ReadParts,
  visit: Visit,
  detail: { action: 'term_add' | 'term_remove'; term: string },
) => recordAction(house, visit, { target: null, reason: undefined, detail });
