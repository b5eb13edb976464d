using IoTCentral.Data.Server;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Hosting;

/// <summary>Whether a device in Node, told to trust the CA file of the READY line, believes the hub.</summary>
public sealed class TrustTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_that_trusts_the_CA_file_connects_and_one_that_trusts_another_does_not()
    {
        await using var server = await ServerProcess.StartAsync([], Ct);
        await using var stranger = await ServerProcess.StartAsync([], Ct);

        Assert.Equal("TLSv1.3", await ConnectAsync(server, server.Ready.Ca));
        Assert.Equal("UNABLE_TO_VERIFY_LEAF_SIGNATURE", await ConnectAsync(server, stranger.Ready.Ca));
    }

    [Fact]
    public async Task Devices_of_an_old_installation_believe_a_running_one_that_takes_over_its_CA()
    {
        await using var old = await ServerProcess.StartAsync([], Ct);
        await using var server = await ServerProcess.StartAsync([], Ct);
        var file = Path.Combine(old.DataFolder, "export.pem");
        await old.CommandAsync(["ca", "export", file], Ct);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        await server.CommandAsync(["ca", "import", file], Ct);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await ConnectAsync(server, old.Ready.Ca) != "TLSv1.3")
        {
            await Task.Delay(500, patience.Token);
        }

        Assert.Equal(await File.ReadAllTextAsync(old.Ready.Ca, Ct), await File.ReadAllTextAsync(server.Ready.Ca, Ct));
    }

    private static async Task<string> ConnectAsync(ServerProcess server, string ca)
    {
        var mqtt = server.Ready.Mqtt.Split(':');
        var script = Path.Combine(await DeviceClients.FolderAsync(Ct), "tls.mjs");
        return (await new Command("node", script, mqtt[0], mqtt[1], ca).RunAsync(Ct)).Output;
    }
}
