using System.Diagnostics;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>A device in Node with Microsoft's SDK over one transport, told what to do.</summary>
internal sealed class SdkDevice : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<JsonObject> _seen = [];

    private SdkDevice(Process process) => _process = process;

    public static async Task<SdkDevice> StartAsync(
        ServerProcess server,
        string transport,
        string credential,
        CancellationToken ct,
        string how = ""
    )
    {
        return new SdkDevice(await NodeAsync(server, ["sdk.mjs", transport, credential, how], ct));
    }

    /// <summary>Runs a script to its end; the lines it says.</summary>
    public static async Task<string[]> RunAsync(
        ServerProcess server,
        string[] arguments,
        string input,
        CancellationToken ct
    )
    {
        using var process = await NodeAsync(server, arguments, ct);
        await process.StandardInput.WriteAsync(input.AsMemory(), ct);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<Process> NodeAsync(ServerProcess server, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = await DeviceClients.FolderAsync(ct),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_EXTRA_CA_CERTS"] = server.Ready.Ca;
        var process = Process.Start(start)!;
        TestRun.Note(process);
        return process;
    }

    /// <summary>Does one thing; what it answers (<c>done</c>, or <c>failed</c> with a message).</summary>
    public async Task<JsonObject> TryAsync(JsonObject told, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(told.ToJsonString().AsMemory(), ct);
        await _process.StandardInput.FlushAsync(ct);
        return await EventAsync(e => (string)e["event"]! is "done" or "failed", ct);
    }

    /// <summary>Does one thing, which succeeds.</summary>
    public async Task<JsonObject> DoAsync(string what, CancellationToken ct, JsonObject? with = null)
    {
        var told = with ?? [];
        told["do"] = what;
        var answer = await TryAsync(told, ct);
        Assert.True((string)answer["event"]! == "done", $"{what}: {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>Whether such a thing came to it before what it did last.</summary>
    public bool HasSeen(string kind) => _seen.Exists(e => (string)e["event"]! == kind);

    /// <summary>The next thing of this kind that came to it.</summary>
    public Task<JsonObject> EventAsync(string kind, CancellationToken ct) =>
        EventAsync(e => (string)e["event"]! == kind, ct);

    private async Task<JsonObject> EventAsync(Func<JsonObject, bool> isWanted, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            if (_seen.FirstOrDefault(isWanted) is { } found)
            {
                _seen.Remove(found);
                return found;
            }

            var line =
                await _process.StandardOutput.ReadLineAsync(patience.Token)
                ?? throw new InvalidOperationException("The device has ended.");
            _seen.Add((JsonObject)JsonNode.Parse(line)!);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
