import type { Response } from 'express';
import { AppError } from '../../platform/errors.ts';
import type { Assets } from './assets.ts';
import { type PageMeta, type PagePreloads, renderPage } from './page-html.ts';

/** Answers with the page: the same HTML for each, with the meta of the one asked for. */
export type PageAnswer = (
  res: Response,
  status: number,
  meta: PageMeta,
  preloads?: PagePreloads,
) => void;

/** The answer throws AppError `page_not_built` (503) when there is none. */
export const createPageAnswer =
  (assets: Assets): PageAnswer =>
  (res, status, meta, preloads) => {
    if (assets.indexHtml === null) throw notBuilt();
    if (res.get('Cache-Control') === undefined) res.set('Cache-Control', 'no-cache');
    res
      .status(status)
      .type('html')
      .send(renderPage(assets.indexHtml, meta, preloads));
  };

const notBuilt = () =>
  new AppError({
    code: 'page_not_built',
    message: 'The web page has not been built: start the server with `npm start`, which builds it.',
    status: 503,
  });
