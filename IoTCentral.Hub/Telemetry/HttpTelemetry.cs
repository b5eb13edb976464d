using System.Text.Json;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Telemetry;

/// <summary>Telemetry by HTTPS, one message or a batch (contract §4): 204 when all of it is stored.</summary>
internal sealed class HttpTelemetry(HubServices hub)
{
    private const string BatchType = "application/vnd.microsoft.iothub.json";

    // Base64 and braces around 256 KB of messages.
    private const int MostBatchBytes = 512 * 1024;
    private const int MostMessages = 500;

    // Longer than any hiccup of storage, shorter than the patience of the SDKs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    public async Task SendAsync(HttpContext context, SignedIn device)
    {
        var isBatch = context.Request.ContentType?.StartsWith(BatchType, StringComparison.OrdinalIgnoreCase) == true;
        var body = await context.ReadBodyAsync(isBatch ? MostBatchBytes : TelemetryReader.MostBytes);
        if (body is null)
        {
            await TooLargeAsync(context);
            return;
        }

        var origin = new Origin();
        var reader = new TelemetryReader(device, origin, hub.Time);
        List<DeviceMessage?> messages = isBatch
            ? [.. HttpBatch.Read(body).Select(m => reader.Read(m.Body, m.Properties))]
            : [reader.Read(body, HttpProperties.Of(context.Request.Headers))];
        if (messages.Contains(null) || messages.Sum(m => (long)m!.Body.Length) > TelemetryReader.MostBytes)
        {
            await TooLargeAsync(context);
            return;
        }

        if (messages.Count is 0 or > MostMessages)
        {
            await HubErrors.WriteAsync(context, 400, $"A batch has 1 to {MostMessages} messages.");
            return;
        }

        await StoreAsync([.. messages.OfType<DeviceMessage>()], origin, device, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task StoreAsync(List<DeviceMessage> messages, Origin origin, SignedIn device, CancellationToken ct)
    {
        origin.Expect(messages.Count);
        var turn = TimeSpan.Zero;
        foreach (var message in messages)
        {
            await hub.Ingest.EnqueueAsync(message, ct).AsTask().WaitAsync(Patience, hub.Time, ct);
            var (own, shared) = (
                hub.Rates.OfDevice(device.DeviceKey).Take(),
                hub.Rates.OfApplication(device.TenantId).Take()
            );
            turn = own > shared ? own : shared;
        }

        await origin.Stored.WaitAsync(Patience, hub.Time, ct);
        // no connection that would begin: each request is one, but only the device's very first message is news
        hub.Heard(device, messages[^1].Received, isFirst: device.LastMessageAt is null);
        // Over its rate the device waits for its answer, as on a connection it would for its next turn.
        if (turn > TimeSpan.Zero)
            await Task.Delay(turn, hub.Time, ct);
    }

    private static Task TooLargeAsync(HttpContext context) =>
        HubErrors.WriteAsync(
            context,
            StatusCodes.Status413PayloadTooLarge,
            "A message, or a batch of them, has at most 256 KB. Send it in parts."
        );

    /// <summary>Waits until all messages of one request are stored.</summary>
    private sealed class Origin : IMessageOrigin
    {
        private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiting;

        public Task Stored => _stored.Task;

        public void Expect(int messages) => _waiting = messages;

        void IMessageOrigin.Stored(DeviceMessage message)
        {
            if (Interlocked.Decrement(ref _waiting) == 0)
                _stored.TrySetResult();
        }

        public void Flush() { }
    }
}
