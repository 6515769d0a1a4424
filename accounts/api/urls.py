"""Addresses of accounts, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from accounts.api.views import keys, me, second_factors, server, sessions, signing_in, signing_up

urlpatterns = [
    path("server", server.ServerView.as_view()),
    path("auth/parameters", signing_up.ParametersView.as_view()),
    path("auth/sign-up", signing_up.SignUpView.as_view()),
    path("auth/sign-up/<uuid:sign_up_id>/confirm", signing_up.ConfirmSignUpView.as_view()),
    path("auth/sign-up/<uuid:sign_up_id>/resend", signing_up.ResendCodeView.as_view()),
    path("auth/sign-in", signing_in.SignInView.as_view()),
    path("auth/second-factor", signing_in.SecondFactorView.as_view()),
    path("auth/passkey/options", signing_in.PasskeyOptionsView.as_view()),
    path("auth/passkey/sign-in", signing_in.PasskeySignInView.as_view()),
    path("auth/recovery/sign-in", signing_in.RecoverySignInView.as_view()),
    path("auth/reset", signing_in.ResetView.as_view()),
    path("auth/reset/confirm", signing_in.ConfirmResetView.as_view()),
    path("auth/session", sessions.SessionView.as_view()),
    path("auth/session/resume-key", sessions.ResumeKeyView.as_view()),
    path("auth/session/push", sessions.PushView.as_view()),
    path("auth/step-up", sessions.StepUpView.as_view()),
    path("auth/sessions", sessions.SessionsView.as_view()),
    path("auth/sessions/end-others", sessions.EndOtherSessionsView.as_view()),
    path("auth/sessions/end-all", sessions.EndAllSessionsView.as_view()),
    path("auth/sessions/<uuid:session_id>", sessions.OneSessionView.as_view()),
    path("auth/sessions/<uuid:session_id>/push", sessions.OnePushView.as_view()),
    path("auth/totp", second_factors.TotpView.as_view()),
    path("auth/totp/confirm", second_factors.ConfirmTotpView.as_view()),
    path("auth/totp/recovery-codes", second_factors.RecoveryCodesView.as_view()),
    path("auth/passkeys", second_factors.PasskeysView.as_view()),
    path("auth/passkeys/options", second_factors.NewPasskeyOptionsView.as_view()),
    path("auth/passkeys/unlock-options", second_factors.UnlockOptionsView.as_view()),
    path("auth/passkeys/<uuid:passkey_id>", second_factors.PasskeyView.as_view()),
    path("keys/bundle", keys.BundleView.as_view()),
    path("keys/password", keys.PasswordView.as_view()),
    path("keys/recovery", keys.RecoveryView.as_view()),
    path("keys/recovery/confirm", keys.ConfirmRecoveryView.as_view()),
    path("me", me.MeView.as_view()),
    path("me/preferences", me.PreferencesView.as_view()),
    path("me/events", me.EventsView.as_view()),
]
