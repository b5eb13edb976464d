using System.Text;
using System.Text.Json;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Devices.Connect;

public sealed partial class ConnectPanel
{
    private readonly Lifetime _gone = new();
    private ConnectionFacts? _facts;
    private Credentials? _credentials;
    private CaCertificate? _ca;
    private string? _failure;
    private (ConnectionFacts?, Credentials?, DeviceTemplate?) _drawn;
    private IReadOnlyList<CodeSample> _samples = [];
    private QrSvg? _qr;

    [Inject]
    private DeviceCredentials Credentials { get; set; } = null!;

    [Inject]
    private ICertificateAuthority Authority { get; set; } = null!;

    [Inject]
    private InstallationOptions Options { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    [Parameter, EditorRequired]
    public DeviceTemplate? Template { get; set; }

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    [Parameter]
    public DeviceLive? Live { get; set; }

    private int Port => Options.Hub.MqttPort;

    private bool IsCertified => _facts?.Attestation == Attestation.X509;

    private string CodeTitle => IsCertified ? C["CodeTitle"] : L[_credentials is null ? "CodeTitleNoKey" : "CodeTitle"];

    private string CaLink =>
        $"data:application/x-pem-file;base64,{Convert.ToBase64String(Encoding.ASCII.GetBytes(_ca!.Pem))}";

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        _failure = null;
        try
        {
            _ca = await Authority.GetAsync(_gone.Token);
            _facts = await Credentials.DescribeAsync(Caller, Device.Id, _gone.Token);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ForbiddenException))
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    /// <summary>Keys are not even read before somebody asks for them: reading them is audited.</summary>
    private Task ShowKeysAsync() =>
        Errors.TryAsync(async () => _credentials = await Credentials.GetAsync(Caller, Device.Id, _gone.Token));

    private void HideKeys() => _credentials = null;

    /// <summary>It shows who it is in another way now.</summary>
    private Task ChangedAsync()
    {
        _credentials = null;
        return LoadAsync();
    }

    protected override bool ShouldRender()
    {
        Draw();
        return true;
    }

    protected override void OnParametersSet() => Draw();

    /// <summary>Code and QR code, anew when what they show has changed.</summary>
    private void Draw()
    {
        var now = (_facts, _credentials, Template);
        if (_facts is not { } f || now == _drawn)
            return;
        _drawn = now;
        _samples = ConnectSamples.Of(
            new ConnectFacts(
                f.HostName,
                Port,
                f.IdScope,
                f.DeviceId,
                _credentials?.Keys.Primary,
                _ca!.Pem,
                SampleBody.Of(Template)
            )
            {
                Certificate =
                    !IsCertified ? null
                    : f.GroupId is null ? CertificateOrigin.Own
                    : CertificateOrigin.Group,
            }
        );
        _qr = _credentials is { } c
            ? QrSvg.Of(
                JsonSerializer.Serialize(
                    new
                    {
                        host = c.HostName,
                        scope = c.IdScope,
                        id = c.DeviceId,
                        key = c.Keys.Primary,
                    }
                )
            )
            : null;
    }

    public void Dispose()
    {
        _gone.Dispose();
    }
}
