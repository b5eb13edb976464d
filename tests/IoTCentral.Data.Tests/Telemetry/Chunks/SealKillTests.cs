using System.Text.Json.Nodes;
using Dapper;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Packs;
using Npgsql;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry.Chunks;

/// <summary>
/// Writer, sealing and merging lose their connections at random moments, as they do when the program or the database is
/// killed: whatever they were at, they did all of it or nothing.
/// </summary>
public sealed class SealKillTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private const int Messages = 6_000;
    private const int Kills = 30;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_missing_and_nothing_is_there_twice()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var killing = KillAsync(stop.Token);
        var working = WorkAsync(stop.Token);

        for (var sent = 0; sent < Messages; )
        {
            var count = Math.Min(Random.Shared.Next(1, 400), Messages - sent);
            var from = sent;
            // shuffled within two days, so that stretches are written again and again
            await fixture.Log.AppendAsync(
                [
                    .. Enumerable
                        .Range(from, count)
                        .Select(i => Message(device, $$"""{"n":{{i}}}""", Noon.AddSeconds(i * 7919 % Messages * 20))),
                ],
                Ct
            );
            sent += count;
        }
        var newest = await fixture.Log.LastPositionAsync(Ct);
        var kills = await killing;
        await stop.CancelAsync();
        var ended = await working;
        await Pass().RunAsync(newest, Ct);

        Assert.True(kills >= Kills && ended > 0, $"{kills} kills, {ended} of them ended a pass");
        var all = Enumerable.Range(0, Messages).Select(i => (double)i);
        var points = await fixture.Store.QueryAsync(device.Tenant, Query(device.Device), Ct);
        Assert.Equal(all, points[0].Buckets.Select(b => b.Last).Order());
        Assert.Equal(all, (await RawAsync(device)).Order());
    }

    private SealPass Pass() =>
        new(fixture.Database.SystemDb, new SignalTable(fixture.Database.SystemDb), TimeProvider.System);

    /// <summary>How many connections were ended.</summary>
    private async Task<int> KillAsync(CancellationToken ct)
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(ct);
        var kills = 0;
        while (kills < Kills)
        {
            await Task.Delay(Random.Shared.Next(5, 60), ct);
            kills += await owner.ExecuteScalarAsync<int>(
                """
                select count(*) filter (where pg_terminate_backend(pid))
                from pg_stat_activity
                where usename = 'iot_system' and datname = current_database()
                """
            );
        }
        return kills;
    }

    /// <summary>Seals and merges; how often it was cut off.</summary>
    private async Task<int> WorkAsync(CancellationToken ct)
    {
        var system = fixture.Database.SystemDb;
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var ended = 0;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var newest = await fixture.Log.LastPositionAsync(ct);
                await Pass().RunAsync(newest - Random.Shared.Next(300), ct, restPerWork: 0.5);
                var chunks = new MergePass(system, new SignalTable(system), TimeProvider.System);
                var hours = await chunks.FindAsync(today, ChunkLevel.Hour, ct);
                if (hours.Count > 0)
                    await chunks.MergeAsync(hours, ct);
                var packs = new PackMerge(system, TimeProvider.System);
                var small = await packs.FindAsync(today, ct);
                if (small.Count > 0)
                    await packs.MergeAsync(small, ct);
            }
            catch (NpgsqlException)
            {
                ended++;
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        return ended;
    }

    private static SeriesQuery Query(long device) =>
        new()
        {
            Series = [new(device, "", "n")],
            From = Noon,
            To = Noon.AddDays(2),
            MaxPoints = 2 * Messages,
        };

    private async Task<List<double>> RawAsync((TenantId Tenant, long Device) device)
    {
        var numbers = new List<double>();
        string? after = null;
        do
        {
            var page = await fixture.Store.RawAsync(
                device.Tenant,
                device.Device,
                Noon,
                Noon.AddDays(2),
                after,
                1_000,
                Ct
            );
            numbers.AddRange(page.Items.Select(m => JsonNode.Parse(m.Body)!["n"]!.GetValue<double>()));
            after = page.Next;
        } while (after is not null);
        return numbers;
    }
}
