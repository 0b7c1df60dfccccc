const LIGHT = `--bg:#fff;--panel:#f6f8fa;--text:#1b1f24;--muted:#57606a;--line:#d0d7de;--ok:#116329;--bad:#a40e26;--link:#0550ae;
--l0:#0550ae;--l1:#953800;--l2:#6639ba;--l3:#116329`

const COLOURS = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--panel:#161b22;--text:#e6edf3;--muted:#9da7b3;--line:#30363d;--ok:#56d364;--bad:#ff8f88;--link:#79c0ff;
--l0:#79c0ff;--l1:#ffa657;--l2:#d2a8ff;--l3:#7ee787}}
`

const PLOTS = `
svg text{fill:var(--text)}svg .name{font-weight:700;font-size:15px}svg .small{font-size:12.5px}svg .end{text-anchor:end}svg .mid{text-anchor:middle}
.rule{stroke:var(--line);fill:none}
.line{fill:none;stroke-width:2.5;stroke-linejoin:round}
.line-0{stroke:var(--l0)}.line-1{stroke:var(--l1);stroke-dasharray:8 3}.line-2{stroke:var(--l2);stroke-dasharray:2 3}.line-3{stroke:var(--l3);stroke-dasharray:10 3 2 3}
.mark{stroke:var(--bad);stroke-width:1.5;fill:none}
.band.outage{fill:var(--bad);opacity:.22}.band.unprotected{fill:var(--muted);opacity:.16}
`

/** Styles for an SVG that stands alone. */
export const PICTURE_STYLE = `${COLOURS}svg{background:var(--bg);font:14px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}${PLOTS}`

/** On paper nothing can be unfolded or scrolled: all of it is there, in dark ink. */
const PRINT = `
@page{margin:14mm}
@media print{:root{color-scheme:light;${LIGHT}}
body{font-size:10pt}header,main,footer{max-width:none;padding:0}
details::details-content{content-visibility:visible;block-size:auto}
summary{list-style:none;break-after:avoid}h2,.drill{break-after:avoid}svg,li,.facts{break-inside:avoid}
pre{font-size:7pt;white-space:pre-wrap;overflow-wrap:anywhere;overflow:visible}.scroll{overflow:visible}.plot{max-width:30rem}nav{display:none}}
`

/** The page's own style: light and dark, one column, nothing from the network. */
export const STYLE = `${COLOURS}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:break-word}
header,main,footer{max-width:70rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1.3rem;margin:2.5rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:0;display:inline}
a{color:var(--link)}
p{margin:.4rem 0 .8rem}
.verdict{margin:0;padding:.6rem .9rem;border:1px solid;border-left-width:.4rem;border-radius:6px;font-weight:600}
.ok{color:var(--ok)}.bad{color:var(--bad)}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:1rem 0}
.facts dt{color:var(--muted)}.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:1rem 0}
code,pre{font:.8em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.7rem .8rem;overflow-x:auto;margin:.5rem 0}
pre b{color:var(--link);white-space:pre-wrap;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
details{border-bottom:1px solid var(--line)}
details[open]{padding-bottom:.7rem}
summary{cursor:pointer;padding:.35rem 0}
summary .count{color:var(--muted);font-size:.9em;margin-left:.35rem}
summary h3{font-weight:600}
summary:focus-visible,a:focus-visible,pre:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.findings{list-style:none;margin:.3rem 0;padding:0}
.findings li{margin:.25rem 0;padding-left:1.5rem;text-indent:-1.5rem}
.findings li>*{text-indent:0}
.hint{display:block;color:var(--text)}
.muted{color:var(--muted)}
svg{display:block;width:100%;height:auto;font:14px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.host rect{fill:var(--panel);stroke-width:2}.host.ok rect{stroke:var(--ok)}.host.bad rect{stroke:var(--bad);stroke-dasharray:6 4}
.host.ok .state{fill:var(--ok)}.host.bad .state{fill:var(--bad)}
.arrow{fill:none;stroke:var(--muted);stroke-width:2}.arrow.bad{stroke:var(--bad);stroke-dasharray:6 4}.head{fill:var(--muted)}.head.bad{fill:var(--bad)}
.topology{margin:.5rem 0}
.plot{max-width:52rem}
.key{display:inline-block;width:28px;height:10px}
.drill{display:block;margin:1.6rem 0 .2rem;font-size:1.15rem}.figures{grid-template-columns:minmax(0,max-content) 1fr}.steps{padding-left:1.5rem}
.legend{list-style:none;padding:0;margin:.5rem 0}
footer{color:var(--muted);padding-bottom:2rem;margin-top:3rem}
.hand-in{margin-top:0}
@media (max-width:40rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.4rem}}
${PLOTS}
@media (max-width:40rem){.plot .small{font-size:20px}}
${PRINT}`
