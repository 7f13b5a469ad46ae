import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, preloadPage } from './app.tsx';
import { askEarly } from './channels/early-channel.ts';
import { loadPlaybackEarly } from './player/engine/load-early.ts';
import { matchRoute } from './router/routes.ts';

const route = matchRoute(window.location.pathname);
if (route.name === 'watch' || route.name === 'embed') {
  askEarly(route.channel);
  loadPlaybackEarly(route.channel);
}

const root = document.getElementById('root');
if (root === null) throw new TypeError('index.html has no #root');
const draw = () => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
};
// A page that cannot be loaded fails where it is drawn.
preloadPage(route).then(draw, draw);
