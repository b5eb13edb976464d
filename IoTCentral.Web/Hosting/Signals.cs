using System.Runtime.InteropServices;

namespace IoTCentral.Web.Hosting;

/// <summary>Ctrl-C, SIGTERM and a closed terminal as one cancellation, from the first moment on.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<PosixSignalRegistration> _registrations;

    public Signals() =>
        _registrations = [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s =>
                PosixSignalRegistration.Create(s, Handle)
            ),
        ];

    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>Never the runtime's default, which would end us at once and leave PostgreSQL behind.</summary>
    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop.Cancel();
    }
}
