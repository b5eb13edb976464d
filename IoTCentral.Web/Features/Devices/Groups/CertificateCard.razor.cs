using IoTCentral.Core.Access;
using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Groups;

public sealed partial class CertificateCard
{
    [Inject]
    private GroupCertificates Certificates { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public EnrollmentGroup Group { get; set; } = null!;

    [Parameter, EditorRequired]
    public CertificateEntry Entry { get; set; }

    /// <summary>Null: there is none yet.</summary>
    [Parameter, EditorRequired]
    public SigningCertificate? Certificate { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private bool MayManage => Caller.May(Permission.ManageConnectivity);

    private string Title => L[$"{Entry}Certificate"];

    private Task UploadAsync() =>
        AskAsync(
            new Upload(
                L[Certificate is null ? $"Upload{Entry}" : "ReplaceCertificate"],
                L["AuthorityText"],
                text => Certificates.PutAsync(Caller, Group.Id, Entry, text, null, CancellationToken.None)
            )
            {
                Label = L["Authority"],
                Warning = Certificate is { IsVerified: true } ? L["ReplaceWarning"].Value : null,
                Act = L["UploadAct"],
                Done = L["Uploaded"],
            }
        );

    private Task UploadListAsync() =>
        AskAsync(
            new Upload(
                L["UploadList"],
                L["ListText"],
                text => Certificates.PutRevocationsAsync(Caller, Group.Id, Entry, text, CancellationToken.None)
            )
            {
                Label = L["RevocationList"],
                Path = "revocationList",
                PemLabel = "X509 CRL",
                Act = L["UploadAct"],
                Done = L["ListUploaded"],
            }
        );

    private async Task AskAsync(Upload upload)
    {
        if (await upload.AskAsync(Dialogs))
            await OnChanged.InvokeAsync();
    }

    private async Task DeleteAsync()
    {
        var question = new Question(
            L["DeleteCertificateTitle", Title],
            L[Certificate!.IsVerified ? "DeleteCertificateText" : "DeleteUnverifiedText"],
            L["DeleteCertificate"]
        );
        if (
            await ConfirmDialog.AskAsync(Dialogs, question)
            && await Errors.TryAsync(
                () => Certificates.DeleteAsync(Caller, Group.Id, Entry, CancellationToken.None),
                L["DeletedCertificate"]
            )
        )
            await OnChanged.InvokeAsync();
    }
}
