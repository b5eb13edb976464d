using System.Diagnostics;

namespace IoTCentral.Bench;

/// <summary>The program with its demo application running: its memory, and how soon it is there.</summary>
internal sealed class Footprint(BenchOptions options, Action<string> say)
{
    public async IAsyncEnumerable<Row> MeasureAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        say("The demo application …");
        await using var server = await Server.StartAsync(["--Demo=true"], _ => Task.CompletedTask, ct);
        using var http = new HttpClient();
        var watch = new Stopwatch();
        await server.RestartAsync(
            () =>
            {
                watch.Start();
                return Task.CompletedTask;
            },
            ct
        );
        (await http.GetAsync(server.Ready.Web + "/sign-in", ct)).EnsureSuccessStatusCode();
        yield return new(
            "start to the first page, with its PostgreSQL",
            watch.Elapsed.TotalSeconds,
            "s",
            Better.Less,
            5,
            2
        )
        {
            Note = "published program, second start; PostgreSQL starts in that time as well",
        };

        await using var viewer = await Viewer.OpenAsync(server, "/apps/demo/dashboards");
        await Task.Delay(options.WarmUp + options.Length, ct);
        yield return new("memory of the program, demo running", server.ResidentBytes / 1e6, "MB", Better.Less, 500, 300)
        {
            Note = "48 simulated devices, its dashboard open",
        };
    }
}
