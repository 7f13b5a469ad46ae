// Run as a process of its own by fetch-load.ts.
import type { FetchOrder, FetchReport } from './fetch-load.ts';
import { getRequest, LightConnection } from './light-connection.ts';

process.once('message', (order: FetchOrder) => {
  const requests = order.paths.map((path) => getRequest(path, ''));
  const report: FetchReport = { answers: 0, bytes: 0, refused: 0, seconds: order.seconds };
  let began = 0;
  const fetchOver = (first: number) => {
    let next = first;
    const ask = () => {
      const request = requests[next % requests.length];
      next += 1;
      if (request !== undefined) connection.send(request);
    };
    const connection = new LightConnection(order, {
      wantsBody: () => false,
      onAnswer: ({ status, headerOf }) => {
        report.answers += 1;
        if (status === 200) report.bytes += Number(headerOf('content-length'));
        else report.refused += 1;
        ask();
      },
      onLost: () => process.exit(1),
    });
    ask();
  };
  for (let i = 0; i < order.connections; i += 1) fetchOver(i);
  // The connections' first answers are not what is measured.
  setTimeout(() => {
    report.answers = 0;
    report.bytes = 0;
    began = performance.now();
    process.send?.('measuring');
    setTimeout(() => {
      report.seconds = (performance.now() - began) / 1000;
      process.send?.(report, () => process.exit(0));
    }, order.seconds * 1000);
  }, 500);
});
