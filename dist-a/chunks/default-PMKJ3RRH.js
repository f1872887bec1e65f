import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{a as p}from"./chunk-J3VNHQQP.js";import{b as _}from"./chunk-DI7JR3V3.js";import"./chunk-TCVMAZGU.js";import"./chunk-GL2Q42EB.js";import{a as l,f as C}from"./chunk-MDVNG2ZR.js";function s(o){return JSON.stringify(o).replace("<","\\u003c").replace(">","\\u003e").replace("&","\\u0026").replace("'","\\u0027")}l(s,"getConfigStringForHtml");var c=l((o,e,n,t)=>{let a={displayOptions:{},persistExplorerState:!1,runTelemetry:!0,...typeof e.embed=="boolean"?{}:e.embed},r={graphRef:e.graphRef,target:"#embeddableExplorer",initialState:{..."document"in e||"headers"in e||"variables"in e?{document:e.document,headers:e.headers,variables:e.variables}:{},..."collectionId"in e?{collectionId:e.collectionId,operationId:e.operationId}:{},displayOptions:{...a.displayOptions}},persistExplorerState:a.persistExplorerState,includeCookies:e.includeCookies,runtime:n,runTelemetry:a.runTelemetry,allowDynamicStyles:!1};return`
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
  var embeddedExplorerConfig = ${s(r)};
  new window.EmbeddedExplorer({
    ...embeddedExplorerConfig,
    endpointUrl,
  });
</script>
`},"getEmbeddedExplorerHTML"),m=l((o,e,n,t)=>{let a={runTelemetry:!0,endpointIsEditable:!1,initialState:{},...typeof e.embed=="boolean"?{}:e.embed??{}},r={target:"#embeddableSandbox",initialState:{..."document"in e||"headers"in e||"variables"in e?{document:e.document,variables:e.variables,headers:e.headers}:{},..."collectionId"in e?{collectionId:e.collectionId,operationId:e.operationId}:{},includeCookies:e.includeCookies,...a.initialState},hideCookieToggle:!1,endpointIsEditable:a.endpointIsEditable,runtime:n,runTelemetry:a.runTelemetry,allowDynamicStyles:!1};return`
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
  var embeddedSandboxConfig = ${s(r)};
  new window.EmbeddedSandbox(
    {
      ...embeddedSandboxConfig,
      initialEndpoint,
    }
  );
</script>
`},"getEmbeddedSandboxHTML");var b=C(_(),1);function T(o={}){let{version:e,__internal_apolloStudioEnv__:n,...t}={embed:!0,...o};return u(e,{isProd:!1,apolloStudioEnv:n,...t})}l(T,"ApolloServerPluginLandingPageLocalDefault");function O(o={}){let{version:e,__internal_apolloStudioEnv__:n,...t}=o;return u(e,{isProd:!0,apolloStudioEnv:n,...t})}l(O,"ApolloServerPluginLandingPageProductionDefault");function I(o){return JSON.stringify(encodeURIComponent(JSON.stringify(o)))}l(I,"encodeConfig");var h=l((o,e,n,t)=>{let a=I(e);return`
 <div class="fallback">
  <h1>Welcome to Apollo Server</h1>
  <p>The full landing page cannot be loaded; it appears that you might be offline.</p>
</div>
<script nonce="${t}">window.landingPage = ${a};</script>
<script nonce="${t}" src="https://apollo-server-landing-page.cdn.apollographql.com/${encodeURIComponent(o)}/static/js/main.js?runtime=${n}"></script>`},"getNonEmbeddedLandingPageHTML"),L="v3",P="v2",D="_latest";function u(o,e){let n=o??L,t=o??P,a=o??D,r=`@apollo/server@${p}`,g=["https://apollo-server-landing-page.cdn.apollographql.com","https://embeddable-sandbox.cdn.apollographql.com","https://embeddable-explorer.cdn.apollographql.com"].join(" "),v=["https://apollo-server-landing-page.cdn.apollographql.com","https://embeddable-sandbox.cdn.apollographql.com","https://embeddable-explorer.cdn.apollographql.com","https://fonts.googleapis.com"].join(" "),f=["https://explorer.embed.apollographql.com","https://sandbox.embed.apollographql.com","https://embed.apollo.local:3000"].join(" ");return{__internal_installed_implicitly__:!1,async serverWillStart(){return{async renderLandingPage(){let i=encodeURIComponent(a);async function E(){let d=(0,b.createHash)("sha256").update(crypto.randomUUID()).digest("hex"),S=`script-src 'self' 'nonce-${d}' ${g}`,y=`style-src 'nonce-${d}' ${v}`,x="img-src https://apollo-server-landing-page.cdn.apollographql.com",$="manifest-src https://apollo-server-landing-page.cdn.apollographql.com",w=`frame-src ${f}`;return`
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${S}; ${y}; ${x}; ${$}; ${w}" />
    <link
      rel="icon"
      href="https://apollo-server-landing-page.cdn.apollographql.com/${i}/assets/favicon.png"
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
      href="https://apollo-server-landing-page.cdn.apollographql.com/${i}/assets/favicon.png"
    />
    <link
      rel="manifest"
      href="https://apollo-server-landing-page.cdn.apollographql.com/${i}/manifest.json"
    />
    <title>Apollo Server</title>
  </head>
  <body>
    <noscript>You need to enable JavaScript to run this app.</noscript>
    <div id="react-root">
      <style nonce=${d}>
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
    ${e.embed?"graphRef"in e&&e.graphRef?c(n,e,r,d):"graphRef"in e?h(a,e,r,d):m(t,e,r,d):h(a,e,r,d)}
    </div>
  </body>
</html>
          `}return l(E,"html"),{html:E}}}}}}l(u,"ApolloServerPluginLandingPageDefault");export{T as ApolloServerPluginLandingPageLocalDefault,O as ApolloServerPluginLandingPageProductionDefault,D as DEFAULT_APOLLO_SERVER_LANDING_PAGE_VERSION,L as DEFAULT_EMBEDDED_EXPLORER_VERSION,P as DEFAULT_EMBEDDED_SANDBOX_VERSION};
//# sourceMappingURL=default-PMKJ3RRH.js.map
