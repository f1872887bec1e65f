import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{a as i}from"./chunk-J3VNHQQP.js";import"./chunk-NRAWFAHZ.js";function p(o){return JSON.stringify(o).replace("<","\\u003c").replace(">","\\u003e").replace("&","\\u0026").replace("'","\\u0027")}var s=(o,e,n,t)=>{let a={displayOptions:{},persistExplorerState:!1,runTelemetry:!0,...typeof e.embed=="boolean"?{}:e.embed},l={graphRef:e.graphRef,target:"#embeddableExplorer",initialState:{..."document"in e||"headers"in e||"variables"in e?{document:e.document,headers:e.headers,variables:e.variables}:{},..."collectionId"in e?{collectionId:e.collectionId,operationId:e.operationId}:{},displayOptions:{...a.displayOptions}},persistExplorerState:a.persistExplorerState,includeCookies:e.includeCookies,runtime:n,runTelemetry:a.runTelemetry,allowDynamicStyles:!1};return`
<div class="fallback">
  <h1>Welcome to Apollo Server</h1>
  <p>Apollo Explorer cannot be loaded; it appears that you might be offline.</p>
</div>
<style nonce=${t}>
  iframe {
    background-color: white;
    height: 100%;
    width: 100%;
    border: none;
  }
  #embeddableExplorer {
    width: 100vw;
    height: 100vh;
    position: absolute;
    top: 0;
  }
</style>
<div id="embeddableExplorer"></div>
<script nonce="${t}" src="https://embeddable-explorer.cdn.apollographql.com/${encodeURIComponent(o)}/embeddable-explorer.umd.production.min.js?runtime=${encodeURIComponent(n)}"></script>
<script nonce="${t}">
  var endpointUrl = window.location.href;
  var embeddedExplorerConfig = ${p(l)};
  new window.EmbeddedExplorer({
    ...embeddedExplorerConfig,
    endpointUrl,
  });
</script>
`},c=(o,e,n,t)=>{let a={runTelemetry:!0,endpointIsEditable:!1,initialState:{},...typeof e.embed=="boolean"?{}:e.embed??{}},l={target:"#embeddableSandbox",initialState:{..."document"in e||"headers"in e||"variables"in e?{document:e.document,variables:e.variables,headers:e.headers}:{},..."collectionId"in e?{collectionId:e.collectionId,operationId:e.operationId}:{},includeCookies:e.includeCookies,...a.initialState},hideCookieToggle:!1,endpointIsEditable:a.endpointIsEditable,runtime:n,runTelemetry:a.runTelemetry,allowDynamicStyles:!1};return`
<div class="fallback">
  <h1>Welcome to Apollo Server</h1>
  <p>Apollo Sandbox cannot be loaded; it appears that you might be offline.</p>
</div>
<style nonce=${t}>
  iframe {
    background-color: white;
    height: 100%;
    width: 100%;
    border: none;
  }
  #embeddableSandbox {
    width: 100vw;
    height: 100vh;
    position: absolute;
    top: 0;
  }
</style>
<div id="embeddableSandbox"></div>
<script nonce="${t}" src="https://embeddable-sandbox.cdn.apollographql.com/${encodeURIComponent(o)}/embeddable-sandbox.umd.production.min.js?runtime=${encodeURIComponent(n)}"></script>
<script nonce="${t}">
  var initialEndpoint = window.location.href;
  var embeddedSandboxConfig = ${p(l)};
  new window.EmbeddedSandbox(
    {
      ...embeddedSandboxConfig,
      initialEndpoint,
    }
  );
</script>
`};import{createHash as $}from"node:crypto";function k(o={}){let{version:e,__internal_apolloStudioEnv__:n,...t}={embed:!0,...o};return h(e,{isProd:!1,apolloStudioEnv:n,...t})}function A(o={}){let{version:e,__internal_apolloStudioEnv__:n,...t}=o;return h(e,{isProd:!0,apolloStudioEnv:n,...t})}function w(o){return JSON.stringify(encodeURIComponent(JSON.stringify(o)))}var m=(o,e,n,t)=>{let a=w(e);return`
 <div class="fallback">
  <h1>Welcome to Apollo Server</h1>
  <p>The full landing page cannot be loaded; it appears that you might be offline.</p>
</div>
<script nonce="${t}">window.landingPage = ${a};</script>
<script nonce="${t}" src="https://apollo-server-landing-page.cdn.apollographql.com/${encodeURIComponent(o)}/static/js/main.js?runtime=${n}"></script>`},C="v3",_="v2",I="_latest";function h(o,e){let n=o??C,t=o??_,a=o??I,l=`@apollo/server@${i}`,b=["https://apollo-server-landing-page.cdn.apollographql.com","https://embeddable-sandbox.cdn.apollographql.com","https://embeddable-explorer.cdn.apollographql.com"].join(" "),u=["https://apollo-server-landing-page.cdn.apollographql.com","https://embeddable-sandbox.cdn.apollographql.com","https://embeddable-explorer.cdn.apollographql.com","https://fonts.googleapis.com"].join(" "),g=["https://explorer.embed.apollographql.com","https://sandbox.embed.apollographql.com","https://embed.apollo.local:3000"].join(" ");return{__internal_installed_implicitly__:!1,async serverWillStart(){return{async renderLandingPage(){let d=encodeURIComponent(a);async function v(){let r=$("sha256").update(crypto.randomUUID()).digest("hex"),f=`script-src 'self' 'nonce-${r}' ${b}`,E=`style-src 'nonce-${r}' ${u}`,S="img-src https://apollo-server-landing-page.cdn.apollographql.com",y="manifest-src https://apollo-server-landing-page.cdn.apollographql.com",x=`frame-src ${g}`;return`
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${f}; ${E}; ${S}; ${y}; ${x}" />
    <link
      rel="icon"
      href="https://apollo-server-landing-page.cdn.apollographql.com/${d}/assets/favicon.png"
    />
    <meta name="viewport" content="width=device-width,initial-scale=1" />
    <link rel="preconnect" href="https://fonts.gstatic.com" />
    <link
      href="https://fonts.googleapis.com/css2?family=Source+Sans+Pro&display=swap"
      rel="stylesheet"
    />
    <meta name="theme-color" content="#000000" />
    <meta name="description" content="Apollo server landing page" />
    <link
      rel="apple-touch-icon"
      href="https://apollo-server-landing-page.cdn.apollographql.com/${d}/assets/favicon.png"
    />
    <link
      rel="manifest"
      href="https://apollo-server-landing-page.cdn.apollographql.com/${d}/manifest.json"
    />
    <title>Apollo Server</title>
  </head>
  <body>
    <noscript>You need to enable JavaScript to run this app.</noscript>
    <div id="react-root">
      <style nonce=${r}>
        body {
          margin: 0;
          overflow-x: hidden;
          overflow-y: hidden;
        }
        .fallback {
          opacity: 0;
          animation: fadeIn 1s 1s;
          animation-iteration-count: 1;
          animation-fill-mode: forwards;
          padding: 1em;
        }
        @keyframes fadeIn {
          0% {opacity:0;}
          100% {opacity:1; }
        }
      </style>
    ${e.embed?"graphRef"in e&&e.graphRef?s(n,e,l,r):"graphRef"in e?m(a,e,l,r):c(t,e,l,r):m(a,e,l,r)}
    </div>
  </body>
</html>
          `}return{html:v}}}}}}export{k as ApolloServerPluginLandingPageLocalDefault,A as ApolloServerPluginLandingPageProductionDefault,I as DEFAULT_APOLLO_SERVER_LANDING_PAGE_VERSION,C as DEFAULT_EMBEDDED_EXPLORER_VERSION,_ as DEFAULT_EMBEDDED_SANDBOX_VERSION};
//# sourceMappingURL=default-YGC77MLY.js.map
