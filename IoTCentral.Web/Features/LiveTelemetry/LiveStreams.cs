using IoTCentral.Web.Api;

namespace IoTCentral.Web.Features.LiveTelemetry;

/// <summary>How many streams an application has at a time: each may hold <see cref="FrameMaker.MostSamples"/>.</summary>
internal sealed class LiveStreams() : ApplicationSlots(MostOfApplication)
{
    public const int MostOfApplication = 100;
}
