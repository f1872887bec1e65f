import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import"./chunk-3OAU3QAG.js";import{a as i}from"./chunk-MDVNG2ZR.js";function t(){return{__internal_plugin_id__:"DisableSuggestions",__is_disabled_plugin__:!1,async requestDidStart(){return{async validationDidStart(){return async n=>{n?.forEach(e=>{e.message=e.message.replace(/ ?Did you mean(.+?)\?$/,"")})}}}}}}i(t,"ApolloServerPluginDisableSuggestions");export{t as ApolloServerPluginDisableSuggestions};
//# sourceMappingURL=disableSuggestions-M5DCYVLS.js.map
