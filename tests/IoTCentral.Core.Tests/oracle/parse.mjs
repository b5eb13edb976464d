// Reads one JSON text a line (a DTDL model as a JSON string); prints "ok" or the parser's error on one line for each.
import { createInterface } from 'node:readline'
import { getInterop } from '@digicatapult/dtdl-parser'

const parser = await getInterop()
for await (const line of createInterface({ input: process.stdin })) {
  try {
    parser.parse(JSON.parse(line))
    console.log('ok')
  } catch (e) {
    console.log(String(e.message ?? e).replace(/\s+/g, ' ').slice(0, 2000))
  }
}
process.exit(0)
