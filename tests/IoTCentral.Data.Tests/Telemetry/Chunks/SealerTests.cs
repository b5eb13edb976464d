using Dapper;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Packs;
using IoTCentral.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry.Chunks;

/// <summary>When the log is sealed, and what is told of it.</summary>
public sealed class SealerTests : IAsyncLifetime, IDisposable
{
    private readonly MessageLogFixture _fixture = new();
    private readonly FakeTimeProvider _clock = new(Noon.AddMinutes(30));
    private readonly TestMeters _meters = new();
    private Sealer _sealer = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        var system = _fixture.Database.SystemDb;
        var merger = new Merger(
            system,
            new MergePass(system, new SignalTable(system), _clock),
            new PackMerge(system, _clock),
            new InstallationOptions { DataFolder = "/" },
            _clock
        );
        _sealer = new(
            system,
            new SealPass(system, new SignalTable(system), _clock),
            merger,
            new SealMetrics(_meters),
            _clock,
            NullLogger<Sealer>.Instance
        );
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    public void Dispose()
    {
        _sealer.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task What_was_received_before_this_hour_is_sealed_once()
    {
        var device = await _fixture.NewDeviceAsync(Ct);
        await ReceiveAsync(device, Noon.AddMinutes(-1));
        await ReceiveAsync(device, Noon.AddMinutes(1));
        await _sealer.SealAsync(Ct);
        Assert.Equal(1, await ChunksAsync());
        await _sealer.SealAsync(Ct);
        Assert.Equal(1, await ChunksAsync());

        _clock.Advance(TimeSpan.FromMinutes(31));
        await _sealer.SealAsync(Ct);
        Assert.Equal(2, await ChunksAsync());
    }

    [Fact]
    public async Task What_waits_and_what_was_sealed_are_figures()
    {
        var device = await _fixture.NewDeviceAsync(Ct);
        await ReceiveAsync(device, Noon.AddMinutes(-2));
        await ReceiveAsync(device, Noon.AddMinutes(-1));
        await ReceiveAsync(device, Noon.AddMinutes(1));

        await _sealer.SealAsync(Ct);
        Assert.Equal((3, 2), (_meters["iotc.seal.waiting"], _meters["iotc.seal.messages"]));
        await _sealer.SealAsync(Ct);
        Assert.Equal((1, 2), (_meters["iotc.seal.waiting"], _meters["iotc.seal.messages"]));
        Assert.Equal(0, _meters["iotc.seal.left"]);
    }

    [Fact]
    public async Task A_failure_is_a_figure_and_the_next_pass_makes_good_for_it()
    {
        var device = await _fixture.NewDeviceAsync(Ct);
        await ReceiveAsync(device, Noon.AddMinutes(-1));
        await OwnerAsync("alter table chunk rename to chunk_away");

        Assert.False(await _sealer.TryAsync(Ct));
        Assert.Equal((1, 0), (_meters["iotc.seal.failures"], _meters["iotc.seal.messages"]));

        await OwnerAsync("alter table chunk_away rename to chunk");
        await _sealer.TryAsync(Ct);
        Assert.Equal((1, 1), (_meters["iotc.seal.failures"], _meters["iotc.seal.messages"]));
        Assert.Equal(1, await ChunksAsync());
    }

    private Task ReceiveAsync((TenantId, long) device, DateTimeOffset at) =>
        _fixture.Log.AppendAsync([Message(device, """{"t":1}""", at, received: at)], Ct);

    private async Task OwnerAsync(string sql)
    {
        await using var connection = await _fixture.Database.OpenAsOwnerAsync(Ct);
        await connection.ExecuteAsync(sql);
    }

    private async Task<long> ChunksAsync()
    {
        await using var connection = await _fixture.Database.OpenAsOwnerAsync(Ct);
        return await connection.ExecuteScalarAsync<long>("select count(*) from chunk");
    }
}
