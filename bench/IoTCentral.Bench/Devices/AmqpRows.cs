using System.Globalization;

namespace IoTCentral.Bench.Devices;

/// <summary>The rows about AMQP: what devices get stored by it, against MQTT in the same run.</summary>
internal static class AmqpRows
{
    public const int Connections = 100;

    /// <param name="mqtt">The run of as many devices and messages in flight by MQTT.</param>
    public static async Task<Row> MeasureAsync(
        Server server,
        BenchOptions options,
        int inFlight,
        Run mqtt,
        CancellationToken ct
    )
    {
        var before = await server.StoredAsync(ct);
        double perSecond;
        CpuUse cpu;
        long acked;
        var devices = Enumerable.Range(0, Connections).Select(_ => new AmqpLoad()).ToArray();
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(ct))
        {
            foreach (var (number, device) in devices.Index())
                await device.ConnectAsync(server.Host, number, ct);
            var publishing = devices.Select(d => Task.Run(() => d.PublishAsync(inFlight, stop.Token), ct)).ToArray();
            await Task.Delay(options.WarmUp, ct);
            var (begun, count) = (devices.Sum(d => d.Acked), server.Count());
            await Task.Delay(options.Length, ct);
            cpu = count();
            perSecond = (devices.Sum(d => d.Acked) - begun) / cpu.Over.TotalSeconds;
            await stop.CancelAsync();
            await Task.WhenAll(publishing);
            acked = devices.Sum(d => d.Acked);
            foreach (var device in devices)
                device.Dispose();
        }

        if (await server.StoredAsync(ct) - before is var stored && stored < acked)
            throw new InvalidOperationException($"{acked} messages were acknowledged by AMQP, {stored} are stored.");
        return new(
            $"messages/s by AMQP ÷ by MQTT, {Connections} connections, {inFlight} in flight each",
            perSecond / mqtt.Load.AckedPerSecond,
            "",
            Better.More,
            0.33,
            0.5
        )
        {
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"{perSecond:#,0} messages/s; µs a message: server {cpu.Server * 1e6 / (perSecond * cpu.Over.TotalSeconds):0.0}, PostgreSQL {cpu.Database * 1e6 / (perSecond * cpu.Over.TotalSeconds):0.0}"
            ),
        };
    }
}
