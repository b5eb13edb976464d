using Dapper;
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

        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        var names = (
            await owner.QueryAsync<string>(
                "select relname from pg_class where relname like 'message_log_2%' and relkind = 'r'"
            )
        ).ToList();
        Assert.DoesNotContain("message_log_20261014", names);
        Assert.Contains("message_log_20261121", names);
        Assert.Contains("message_log_20261126", names);
    }
}
