using System.Globalization;
using BenchmarkDotNet.Running;
using IoTCentral.Bench;
using IoTCentral.Bench.Devices;
using IoTCentral.Bench.Store;
using IoTCentral.Core.Installation;
using IoTCentral.Testing;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["loops", .. var rest])
{
    // In this process: what is measured is the build that bench/run made.
    string[] usual = ["--inProcess", "--artifacts", Path.Combine(Home.Folder, "artifacts", "bench", "loops")];
    string[] what = rest.Contains("--filter") ? [] : ["--filter", "*"];
    BenchmarkSwitcher.FromAssembly(typeof(BenchOptions).Assembly).Run([.. usual, .. what, .. rest]);
    return 0;
}

if (args is ["fuzz", .. var fuzzed])
    return await Fuzz.RunAsync(fuzzed, Say);

string[] parts = ["load", "devices", "act", "growth", "footprint", "store", "shapes"];
var wanted = args.Where(a => a != "--quick").ToArray();
if (wanted.Except(parts).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine(
        $"There is no part '{unknown}'. Usage: bench/run [--quick] [load] [devices] [act] [growth] [footprint] [store] [shapes] | fuzz [mqtt|amqp] [cases [seed]] | loops [options of BenchmarkDotNet]"
    );
    return 2;
}

var program =
    Environment.GetEnvironmentVariable("MQTTLOAD")
    ?? throw new InvalidOperationException("MQTTLOAD does not name the load generator; start bench/run.");
var options = new BenchOptions(program, TestRun.NewFolder("bench"), args.Contains("--quick"));
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
Func<CancellationToken, IAsyncEnumerable<Row>>[] all =
[
    new EndToEnd(options, Say).MeasureAsync,
    new DeviceRows(options, Say).MeasureAsync,
    new ActRows(options, Say).MeasureAsync,
    new Growth(options, Say).MeasureAsync,
    new Footprint(options, Say).MeasureAsync,
    new StoreRows(options, Say).MeasureAsync,
    new ShapeRows(options, Say).MeasureAsync,
];
var rows = new List<Row>();
foreach (var (name, measure) in parts.Zip(all).Where(p => wanted.Length == 0 || wanted.Contains(p.First)))
{
    await foreach (var row in measure(stop.Token))
    {
        rows.Add(row);
        Say($"{name}: {row}");
    }
}

Console.WriteLine();
Console.WriteLine(Machine.Describe(options));
Console.WriteLine();
Console.WriteLine(Row.TableHead);
foreach (var row in rows)
    Console.WriteLine(row);
return 0;

static void Say(string line) => Console.Error.WriteLine(line);
