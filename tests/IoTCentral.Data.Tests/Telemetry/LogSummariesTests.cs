using System.Text.Json.Nodes;
using Dapper;
using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Telemetry;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry;

/// <summary>A consumer that is behind reads its messages, not the whole day.</summary>
public sealed class LogSummariesTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private const int Messages = 20_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_written_just_now_is_found_by_its_position()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        for (var i = 0; i < Messages; i += 5_000)
            await fixture.Log.AppendAsync([.. Enumerable.Range(0, 5_000).Select(_ => Message(device))], Ct);
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        Assert.True(await BlocksReadAsync(owner) > 200);

        Assert.True(await Summaries().SummarizeAsync(Ct) > 0);

        Assert.InRange(await BlocksReadAsync(owner), 1, 100);
        Assert.Equal(0, await Summaries().SummarizeAsync(Ct));
    }

    [Fact]
    public async Task It_gives_way_to_whoever_holds_the_lock()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync([Message(device)], Ct);
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        await using var transaction = await owner.BeginTransactionAsync(Ct);
        await owner.ExecuteAsync("lock table message_log in share update exclusive mode");

        Assert.Equal(-1, await Summaries().SummarizeAsync(Ct));
    }

    private LogSummaries Summaries() =>
        new(
            fixture.Database.SystemDb,
            new CommittedLog(fixture.Log),
            new FakeTimeProvider(Noon),
            NullLogger<LogSummaries>.Instance
        );

    /// <summary>Blocks that a read of 100 messages by position goes through.</summary>
    private static async Task<int> BlocksReadAsync(NpgsqlConnection owner)
    {
        await using var transaction = await owner.BeginTransactionAsync(Ct);
        var plan = await owner.ExecuteScalarAsync<string>(
            """
            -- it has positions too; of a log of millions it would be far too much to go through
            drop index message_log_device;
            set local enable_seqscan = off;
            explain (analyze, buffers, format json)
            select * from message_log where shard = 0 and position > 100 and position <= 200
            """
        );
        var top = JsonNode.Parse(plan!)![0]!["Plan"]!;
        return (int)top["Shared Hit Blocks"]! + (int)top["Shared Read Blocks"]!;
    }
}
