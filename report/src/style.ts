/** One page, for a screen of any width, light or dark, and for paper. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d8dee4; --page: #ffffff; --card: #f6f8fa;
  --own: #0a6ebd; --other: #9a6700; --good: #1a7f37; --bad: #c2271f; --open: #59636e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --line: #30363d; --page: #0d1117; --card: #161b22;
  --own: #58a6ff; --other: #d8a21b; --good: #3fb950; --bad: #ff7b72; --open: #9da7b1; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
p { margin: .4rem 0; max-width: 46rem; }
.soft, figcaption, th, .tick { color: var(--soft); }
.decision { display: inline-block; padding: .1rem .7rem; border-radius: 2rem; font-weight: 650; letter-spacing: .02em; color: var(--page); }
.decision.promote { background: var(--good); } .decision.hold { background: var(--open); } .decision.reject { background: var(--bad); }
.reasons { margin: 1rem 0; padding: .8rem 1rem; background: var(--card); border-left: .3rem solid var(--line); border-radius: .3rem; }
.reasons p:first-child { font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem .3rem 0; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
th { font-weight: 500; white-space: nowrap; }
td:first-child { min-width: 7.5rem; } td.number:first-child { min-width: 0; }
td.number, th.number { text-align: right; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .4rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: .6rem 1.5rem .6rem 0; display: inline-block; vertical-align: top; max-width: 100%; }
figcaption { font-size: .9rem; margin-bottom: .2rem; }
svg { max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 11px system-ui, sans-serif; } svg .tick { fill: var(--soft); }
.interval { max-width: none; }
.zero { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; } .margin { stroke: var(--other); stroke-width: 2; }
.frame { fill: none; stroke: var(--line); }
.reach { stroke-width: 3; stroke-linecap: round; } .reach.better { stroke: var(--good); } .reach.worse { stroke: var(--bad); } .reach.open { stroke: var(--open); }
circle.better { fill: var(--good); } circle.worse { fill: var(--bad); } circle.open { fill: var(--open); }
.confusion text { text-anchor: middle; } .confusion .name { text-anchor: end; } .confusion .across { text-anchor: start; }
.confusion .right { fill: var(--own); } .confusion .wrong { fill: var(--bad); } .confusion .on-dark { fill: var(--page); }
circle.challenger { fill: var(--own); } circle.champion { fill: var(--other); }
.line { fill: none; stroke-width: 2; } .line.challenger { stroke: var(--own); } .line.champion { stroke: var(--other); }
.errors path { fill-opacity: .18; stroke-width: 1.5; } .errors .challenger { fill: var(--own); stroke: var(--own); } .errors .champion { fill: var(--other); stroke: var(--other); }
.key { font-weight: 600; } .key.challenger { color: var(--own); } .key.champion { color: var(--other); }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } figure { margin-right: 0; } }
@media print { body { font-size: 11pt; } main { max-width: none; padding: 0; } h2, h3 { break-after: avoid; } figure, tr { break-inside: avoid; } .scroll { overflow: visible; } }
`;
