using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Data.Telemetry;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry;

public sealed class TelemetryHistoryTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_are_taken_together()
    {
        var one = await fixture.NewDeviceAsync(Ct);
        var other = await fixture.NewDeviceAsync(Ct, one.Tenant);
        await fixture.Log.AppendAsync(
            [
                Message(one, """{"t":1}""", Noon.AddMinutes(1)),
                Message(other, """{"t":3}""", Noon.AddMinutes(2)),
                Message(other, """{"t":8}""", Noon.AddMinutes(61)),
            ],
            Ct
        );

        var groups = await new TelemetryHistory(fixture.Store).GroupsAsync(
            Caller.System(one.Tenant),
            Query(hours: 3) with
            {
                Bucket = TimeSpan.FromHours(1),
                Fill = Fill.Previous,
                Aggregates = [Aggregate.Median],
            },
            [
                [new(one.Device, "", "t"), new(other.Device, "", "t")],
                [new(one.Device, "", "nothing")],
            ],
            Ct
        );

        Assert.Equal([2, 8, 8], groups[0].Select(b => b.Of(Aggregate.Median)));
        Assert.Equal([2, 1, 0], groups[0].Select(b => b.Count));
        Assert.All(groups[1], b => Assert.Equal((0, double.NaN), (b.Count, b.Average)));
    }

    [Fact]
    public async Task Time_in_a_state_is_refused_without_the_state()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var query = Query(hours: 3) with { Bucket = TimeSpan.FromHours(1), Aggregates = [Aggregate.TimeInState] };

        var fault = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            new TelemetryHistory(fixture.Store).QueryAsync(Caller.System(device.Tenant), query, Ct)
        );

        Assert.Equal("telemetry.state", fault.Code);
    }

    [Theory]
    [InlineData(-1, 60, "telemetry.range")]
    [InlineData(24, 0.1, "telemetry.step")]
    [InlineData(24 * 366, 1, "telemetry.too-much")]
    public async Task What_cannot_be_answered_is_refused(double hours, double seconds, string code)
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var query = Query(hours) with
        {
            Series = [new(device.Device, "", "t")],
            Bucket = TimeSpan.FromSeconds(seconds),
        };

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            new TelemetryHistory(fixture.Store).QueryAsync(Caller.System(device.Tenant), query, Ct)
        );

        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task What_takes_too_long_is_given_up_with_a_sentence()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var store = new TelemetryStore(fixture.Database.TenantDb, TimeSpan.FromTicks(1));

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            store.QueryAsync(device.Tenant, Query(1) with { Series = [new(device.Device, "", "t")] }, Ct)
        );

        Assert.Equal("telemetry.too-long", refused.Code);
    }

    [Fact]
    public async Task Who_leaves_is_not_told_that_it_took_too_long()
    {
        var device = await fixture.NewDeviceAsync(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            fixture.Store.QueryAsync(
                device.Tenant,
                Query(1) with
                {
                    Series = [new(device.Device, "", "t")],
                },
                new CancellationToken(canceled: true)
            )
        );
    }

    private static SeriesQuery Query(double hours) =>
        new()
        {
            Series = [],
            From = Noon,
            To = Noon.AddHours(hours),
        };
}
