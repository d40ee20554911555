// Prisma's query engine for tests. LiteLLM's proxy runs a native program, which is in no package registry; the same engine
// is in npm's @prisma/client as WebAssembly. This is it behind the HTTP of the native one. The proxy asks in GraphQL, and
// the engine understands its JSON protocol only, so that questions and answers are translated.
const fs = require('fs');
const http = require('http');
const path = require('path');

// what the Python client expects to be told
const VERSION = '393aa359c9ad4a4bb28630fb5613f9c281cde053';
if (process.argv.includes('--version')) {
  console.log(`query-engine ${VERSION}`);
  process.exit(0);
}

const { parse } = require('graphql');
const { Pool } = require('pg');
const { PrismaPg } = require('@prisma/adapter-pg');
const { bindAdapter } = require('@prisma/driver-adapter-utils');

const TRACE = JSON.stringify({ traceparent: '00-10-10-00' });
const TRANSACTION = { max_wait: 2000, timeout: 60000 };
// of two names that begin alike the longer first
const ACTIONS = ['findUnique', 'findFirst', 'findMany', 'createOne', 'createMany', 'deleteOne', 'deleteMany', 'updateOne',
  'updateMany', 'upsertOne', 'aggregate', 'groupBy'];
const OR_THROW = 'OrThrow';
// conditions on a column of JSON, which hold JSON themselves
const ON_JSON = ['equals', 'not', 'set', 'array_contains'];

const datamodel = fs.readFileSync(process.env.PRISMA_DML_PATH, 'utf8');
const models = modelsOf(datamodel);
const engine = engineOf(databaseUrl());

function databaseUrl() {
  const [override] = JSON.parse(process.env.OVERWRITE_DATASOURCES || '[]');
  return (override ? override.url : process.env.DATABASE_URL).split('?')[0];
}

function engineOf(url) {
  const folder = path.join(__dirname, 'node_modules/@prisma/client/runtime');
  const runtime = require(path.join(folder, 'query_engine_bg.postgresql.js'));
  const wasm = new WebAssembly.Module(fs.readFileSync(path.join(folder, 'query_engine_bg.postgresql.wasm')));
  runtime.__wbg_set_wasm(new WebAssembly.Instance(wasm, { './query_engine_bg.js': runtime }).exports);
  const settings = {
    datamodel, logQueries: false, logLevel: 'error', ignoreEnvVarErrors: true, datasourceOverrides: {}, env: process.env,
    configDir: '.', engineProtocol: 'json', enableTracing: false,
  };
  const adapter = bindAdapter(new PrismaPg(new Pool({ connectionString: url, max: 10 })));
  return new runtime.QueryEngine(settings, () => {}, adapter);
}

// model -> field -> type
function modelsOf(text) {
  const fields = (body) => Object.fromEntries([...body.matchAll(/^\s+(\w+)\s+(\w+)/gm)].map((found) => [found[1], found[2]]));
  return Object.fromEntries([...text.matchAll(/^model (\w+) \{([\s\S]*?)^\}/gm)].map((found) => [found[1], fields(found[2])]));
}

const isObject = (value) => value !== null && typeof value === 'object';
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));

// --- questions: GraphQL to the JSON protocol

function valueOf(node) {
  switch (node.kind) {
    case 'IntValue': {
      const number = Number(node.value);
      return Number.isSafeInteger(number) ? number : { $type: 'BigInt', value: node.value };
    }
    case 'FloatValue': return Number(node.value);
    case 'NullValue': return null;
    case 'ListValue': return node.values.map(valueOf);
    case 'ObjectValue': return Object.fromEntries(node.fields.map((field) => [field.name.value, valueOf(field.value)]));
    default: return node.value; // texts, truths, names of enums
  }
}

const argumentsOf = (field) => Object.fromEntries((field.arguments || []).map((one) => [one.name.value, valueOf(one.value)]));

function selectionOf(field) {
  const found = field.selectionSet ? field.selectionSet.selections : [];
  return Object.fromEntries(found.map((one) => {
    const isPlain = !one.selectionSet && !(one.arguments || []).length;
    return [one.name.value, isPlain ? true : { arguments: argumentsOf(one), selection: selectionOf(one) }];
  }));
}

// GraphQL has JSON as text, and the protocol wants to be told that it is JSON
function asJson(value) {
  if (typeof value === 'string') return { $type: 'Json', value };
  if (Array.isArray(value)) return value.map(asJson);
  return isObject(value) ? mapped(value, (inner, key) => (ON_JSON.includes(key) ? asJson(inner) : inner)) : value;
}

function typed(model, value) {
  if (Array.isArray(value)) return value.map((one) => typed(model, one));
  if (!isObject(value)) return value;
  return mapped(value, (inner, key) => {
    const type = (models[model] || {})[key];
    if (type === 'Json') return asJson(inner);
    if (type in models) return typed(type, inner);
    return type ? inner : typed(model, inner);
  });
}

function questionOf(text) {
  const [field] = parse(text).definitions[0].selectionSet.selections;
  const name = field.name.value;
  const alias = field.alias ? field.alias.value : name;
  if (name === 'queryRaw' || name === 'executeRaw') {
    return { alias, json: { action: name, query: { arguments: argumentsOf(field), selection: {} } } };
  }
  const throws = name.endsWith(OR_THROW) ? OR_THROW : '';
  const action = ACTIONS.find((one) => name.startsWith(one));
  const model = name.slice(action.length, name.length - throws.length);
  const query = { arguments: typed(model, argumentsOf(field)), selection: selectionOf(field) };
  return { alias, json: { modelName: model, action: action + throws, query } };
}

// --- answers: the JSON protocol to plain JSON

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if (value.$type === 'BigInt') return Number(value.value);
  if ('$type' in value) return value.$type === 'Raw' ? value.value : plain(value.value);
  const isRaw = ['columns', 'types', 'rows'].every((name) => Array.isArray(value[name]));
  return isRaw ? { ...value, rows: value.rows.map((row) => row.map((cell, at) => rawCell(value.types[at], cell))) } : mapped(value, plain);
}

// the native engine gives columns of JSON parsed
function rawCell(type, cell) {
  const parsed = (value) => (typeof value === 'string' ? JSON.parse(value) : value);
  if (type === 'json') return parsed(cell);
  return type === 'json-array' && Array.isArray(cell) ? cell.map(parsed) : plain(cell);
}

const answerOf = (alias, result) => (result.errors ? result : { data: { [alias]: plain(Object.values(result.data)[0]) } });

const ask = async (question, transaction) => JSON.parse(await engine.query(JSON.stringify(question), TRACE, transaction));

async function run(body, transaction) {
  if (!body.batch) {
    const { alias, json } = questionOf(body.query);
    return answerOf(alias, await ask(json, transaction));
  }
  const questions = body.batch.map((one) => questionOf(one.query));
  const batch = { batch: questions.map((one) => one.json), transaction: body.transaction ? {} : undefined };
  const result = await ask(batch, transaction);
  return result.batchResult ? { batchResult: result.batchResult.map((one, at) => answerOf(questions[at].alias, one)) } : result;
}

// --- the HTTP of the native engine

async function serve(request, text) {
  const [, first, id, verb] = request.url.split('?')[0].split('/');
  if (first === 'status') return { status: 'ok' };
  if (first === 'metrics') return { counters: [], gauges: [], histograms: [] };
  if (first !== 'transaction') return run(JSON.parse(text), request.headers['x-transaction-id']);
  if (id === 'start') return engine.startTransaction(JSON.stringify({ ...TRANSACTION, ...JSON.parse(text || '{}') }), TRACE);
  return (await (verb === 'commit' ? engine.commitTransaction(id, TRACE) : engine.rollbackTransaction(id, TRACE))) || '{}';
}

function refusal(error) {
  const message = String(error);
  return { errors: [{ error: message, user_facing_error: { is_panic: false, message, error_code: 'P2010', meta: {} } }] };
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', async () => {
    const answer = await serve(request, Buffer.concat(chunks).toString()).catch(refusal);
    response.setHeader('content-type', 'application/json');
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
});
server.listen(Number(process.argv[process.argv.indexOf('-p') + 1]), '127.0.0.1', () => engine.connect(TRACE));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
// who is no longer waited for ends, too
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(0), 1000).unref();
