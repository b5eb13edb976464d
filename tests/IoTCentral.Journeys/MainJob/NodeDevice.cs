using System.Diagnostics;
using System.Text.Json;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.MainJob;

/// <summary>A device in Node with Microsoft's SDK, told what to send.</summary>
internal sealed class NodeDevice : IAsyncDisposable
{
    private readonly Process _process;

    private NodeDevice(Process process) => _process = process;

    /// <summary>Registers, connects, reports; returns when it may send.</summary>
    public static async Task<NodeDevice> ConnectAsync(
        ServerProcess server,
        string idScope,
        string id,
        string groupKey,
        string? modelId,
        CancellationToken ct
    )
    {
        var start = new ProcessStartInfo("node", ["fridge.mjs", server.Address, idScope, id, groupKey, modelId ?? ""])
        {
            WorkingDirectory = await DeviceClients.FolderAsync(ct),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_EXTRA_CA_CERTS"] = server.Ready.Ca;
        var device = new NodeDevice(Process.Start(start)!);
        await device.ExpectAsync($"assigned {server.Address} {id}", ct);
        await device.ExpectAsync("reported", ct);
        return device;
    }

    /// <summary>Sends one message and waits for its acknowledgement.</summary>
    public async Task SendAsync(string component, object body, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { component, body }).AsMemory(), ct);
        await _process.StandardInput.FlushAsync(ct);
        await ExpectAsync("acked", ct);
    }

    private async Task ExpectAsync(string line, CancellationToken ct)
    {
        var said = await _process.StandardOutput.ReadLineAsync(ct);
        Assert.Equal(line, said);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
