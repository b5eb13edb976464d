using Dapper;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Testing;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry;

public sealed class MessagePartitionsTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Days_beyond_retention_go_whole_and_days_ahead_are_made()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [Message(device, time: Noon.AddDays(-40)), Message(device, time: Noon.AddDays(-2))],
            Ct
        );

        await fixture.Partitions(days: 30).TendAsync(Ct);

        var names = await NamesAsync();
        Assert.DoesNotContain("message_log_20261014", names);
        Assert.Contains("message_log_20261121", names);
        Assert.Contains("message_log_20261124", names);
    }

    [Fact]
    public async Task Days_before_yesterday_go_when_they_are_sealed_and_all_followers_have_read_them()
    {
        const string old = "message_log_20261120";
        const string yesterday = "message_log_20261122";
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync(
            [Message(device, time: Noon.AddDays(-3)), Message(device, time: Noon.AddDays(-1))],
            Ct
        );
        var newest = await fixture.Log.LastPositionAsync(Ct);
        var system = fixture.Database.SystemDb;
        var followers = new CheckpointStore(system);
        await followers.PutAsync("test", newest - 2, Ct);
        var partitions = fixture.Partitions(days: 30);

        await partitions.TendAsync(Ct);
        Assert.Contains(old, await NamesAsync());
        await new SealPass(system, new SignalTable(system), TimeProvider.System).RunAsync(newest, Ct);
        await partitions.TendAsync(Ct);
        Assert.Contains(old, await NamesAsync());
        await followers.PutAsync("test", newest, Ct);
        await partitions.TendAsync(Ct);

        var names = await NamesAsync();
        Assert.DoesNotContain(old, names);
        Assert.Contains(yesterday, names);
        var page = await fixture.Store.RawAsync(device.Tenant, device.Device, Noon.AddDays(-9), Noon, null, 9, Ct);
        Assert.Equal([newest, newest - 1], page.Items.Select(m => m.Position));
    }

    private async Task<IReadOnlyList<string>> NamesAsync()
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        var names = await owner.QueryAsync<string>(
            "select relname from pg_class where relname like 'message_log_2%' and relkind = 'r'"
        );
        return [.. names];
    }
}
