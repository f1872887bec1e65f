export const Logo = () => (
  <span className="tributary-logo">
    <svg
      viewBox="0 0 24 24"
      width="22"
      height="22"
      fill="none"
      strokeWidth="2.4"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path data-hue="4" d="M3 4c0 6 9 5 9 11" />
      <path data-hue="1" d="M21 4c0 6-9 5-9 11" />
      <path data-hue="5" d="M12 3v18" />
    </svg>
    Tributary
  </span>
);
