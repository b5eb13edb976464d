using System.Globalization;
using IoTCentral.Core.Telemetry;
using NpgsqlTypes;

namespace IoTCentral.Bench.Store;

/// <summary>
/// Random walks with two decimals, three signals a message, one every ten seconds, up to 99 ms off: some devices for
/// thirty days, a thousand for the last hour. Into the log, and the same points into a table that has a row for each.
/// </summary>
internal sealed class StoreData(StoreSite site)
{
    public const int Wide = 1_000;
    public const int Days = 30;
    private const int Batch = 5_000;

    public static readonly string[] Signals = ["temperature", "humidity", "pressure"];
    public static readonly DateTimeOffset End = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(7);
    private readonly List<DeviceMessage> _batch = [];

    /// <summary>Devices with thirty days.</summary>
    public IReadOnlyList<long> Long { get; private set; } = [];

    /// <summary>Devices with an hour.</summary>
    public IReadOnlyList<long> Short { get; private set; } = [];

    public long Points { get; private set; }

    /// <param name="longs">How many devices have thirty days, 777,600 points each.</param>
    public async Task FillAsync(int longs, CancellationToken ct)
    {
        var keys = await site.DevicesAsync(longs + Wide, ct);
        (Long, Short) = (keys[..longs], keys[longs..]);
        await site.ExecuteAsync(PlainTable.Create, ct);
        // as it happens: all devices side by side, day by day, so that the log has them mixed
        for (var day = End.AddDays(-Days); day < End; day = day.AddDays(1))
            await FillAsync(Long, day, day.AddDays(1), ct);
        await FillAsync(Short, End.AddHours(-1), End, ct);
        await site.ExecuteAsync(PlainTable.Index, ct);
        await site.ExecuteAsync("vacuum analyze bench_plain", ct);
    }

    private async Task FillAsync(
        IReadOnlyList<long> devices,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct
    )
    {
        var values = devices.ToDictionary(d => d, _ => new[] { 2_000, 5_000, 10_000 });
        await using var plain = await site.Owner.BeginBinaryImportAsync(PlainTable.Copy, ct);
        for (var time = from; time < to; time = time.AddSeconds(10))
        {
            foreach (var device in devices)
            {
                var walk = values[device];
                var at = time.AddMilliseconds(_random.Next(100));
                for (var s = 0; s < walk.Length; s++)
                {
                    walk[s] += _random.Next(-15, 16);
                    await plain.StartRowAsync(ct);
                    await plain.WriteAsync((device * 10) + s, NpgsqlDbType.Bigint, ct);
                    await plain.WriteAsync(at.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
                    await plain.WriteAsync(walk[s] / 100.0, NpgsqlDbType.Double, ct);
                }
                Points += walk.Length;
                _batch.Add(Message(device, at, walk));
                if (_batch.Count == Batch)
                    await FlushAsync(ct);
            }
        }
        await FlushAsync(ct);
        await plain.CompleteAsync(ct);
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        if (_batch.Count > 0)
            await site.Log.AppendAsync(_batch, ct);
        _batch.Clear();
    }

    private DeviceMessage Message(long device, DateTimeOffset at, int[] walk) =>
        site.Message(
            device,
            at,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"temperature":{{walk[0] / 100.0}},"humidity":{{walk[1] / 100.0}},"pressure":{{walk[2] / 100.0}}}"""
            )
        );
}
